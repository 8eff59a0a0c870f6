import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isContractProcedure, type AnyContractRouter } from "@orpc/contract";
import { contract } from "../../src/contract/index.ts";
import type { Meta } from "../../src/contract/procedure.ts";
import { allows, ladder, sideRoles } from "../../src/contract/roles.ts";
import { root } from "./sources.ts";

/** Writes docs/roles.md: `node test/architecture/roles-table.ts --write`. A test says when it is out of date. */
export const rolesFile = "docs/roles.md";

interface Row {
  path: string;
  method: string;
  http: string;
  meta: Meta;
}

/** Every procedure of the contract with what it asks of a caller. */
export function procedures(router: AnyContractRouter = contract, path: readonly string[] = []): Row[] {
  if (isContractProcedure(router)) {
    const { meta, route } = router["~orpc"];
    return [{ path: path.join("."), method: route.method ?? "POST", http: route.path ?? `/${path.join("/")}`, meta: meta as Meta }];
  }
  return Object.entries(router).flatMap(([key, inner]) => procedures(inner as AnyContractRouter, [...path, key]));
}

/** The table of who may call what, as Markdown. */
export function rolesTable(): string {
  const columns = [...ladder, ...sideRoles];
  const rows = procedures().map(({ path, method, http, meta }) => {
    const cells = columns.map((role) => (allows(role, meta) ? "yes" : ""));
    return `| \`${path}\` | \`${method} ${http}\` | ${meta.scope} | ${cells.join(" | ")} |`;
  });
  return `# Who may call what

Made from the contract by \`node test/architecture/roles-table.ts --write\`; a test fails when it is out of date. \`here\`: answered by the aosd
that was called. \`rack\`: answered by the main node, and passed on to it by an aosd that is only a console's link. Every call can also come to
nothing for reasons that the procedure names (\`access.local-only\`, \`access.needs-tls\`).

| procedure | HTTP | answered | ${columns.join(" | ")} |
|---|---|---|${columns.map(() => "---|").join("")}
${rows.join("\n")}
`;
}

if (process.argv[1] === import.meta.filename && process.argv.includes("--write")) writeFileSync(join(root, rolesFile), rolesTable());
