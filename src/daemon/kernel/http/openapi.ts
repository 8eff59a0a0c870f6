import type { ZodType } from "zod";
import { contract } from "../../../contract/index.ts";

/** The OpenAPI 3.1 document of the contract; its schemas are made by zod itself. Loaded at the first request only. */
export async function createOpenApi(version: string): Promise<unknown> {
  const [{ OpenAPIGenerator }, { z }] = await Promise.all([import("@orpc/openapi"), import("zod")]);
  const generator = new OpenAPIGenerator({
    schemaConverters: [
      {
        condition: (schema) => schema instanceof z.ZodType,
        convert: (schema, { strategy }) => {
          const io = strategy === "input" ? "input" : "output";
          const json = z.toJSONSchema(schema as unknown as ZodType, { io, unrepresentable: "any", reused: "inline" });
          return [!(schema as unknown as ZodType).safeParse(undefined).success, json as object];
        },
      },
    ],
  });
  return generator.generate(contract, { info: { title: "무펭이즘 AOS", version }, servers: [{ url: "/api" }] });
}
