import { z } from "zod";
import { gateAnswer, type GateRequest } from "../../../src/contract/breaker.ts";
import type { Link } from "../../../src/cli/link.ts";
import type { Aosd } from "../../../demo/aosd.ts";

const performed = gateAnswer.extend({ outcome: z.string().nullable(), problem: z.string().nullable(), output: z.string().nullable() });
export type Performed = z.infer<typeof performed>;
export type Verdict = z.infer<typeof gateAnswer>;
type Asked = Pick<GateRequest, "tool" | "args"> & { [K in Exclude<keyof GateRequest, "tool" | "args">]?: GateRequest[K] | undefined } & {
  at?: string | undefined;
};
export type Tools = Record<string, { command: string; args: string[]; network: "none" | "proxy" }>;

export interface Door {
  id: string;
  token: string;
  post(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
  /** A verdict on the act, which nobody carries out. */
  judge(act: Asked): Promise<Verdict>;
  /** A verdict, and the act by this runtime's own program where it is let through. */
  act(act: Asked): Promise<Performed>;
  outcome(of: Pick<Verdict, "act" | "epoch">, outcome: "done" | "failed", resultHash: string | null, at?: string): Promise<void>;
  /** Untrusted text in the agent's context; answers its span. */
  inbound(text: string, source: { channel: string; address: string } | null, at?: string): Promise<string>;
  gone(spans: readonly string[], at?: string): Promise<void>;
}

/** A runtime of its own at the doors of an aosd, over plain http on loopback. */
export async function openDoor(owner: Link, { loopback }: Pick<Aosd, "loopback">, tools: Tools = {}, rehearsal = true): Promise<Door> {
  const { runtime, token } = await owner.ask((client) => client.breaker.runtimes.add({ name: "test", tools, rehearsal }));
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${loopback}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const good = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await post(path, body);
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    id: runtime.id,
    token,
    post,
    judge: async (act) => gateAnswer.parse(await good("/v1/gate", act)),
    act: async (act) => performed.parse(await good("/v1/act", act)),
    async outcome({ act, epoch }, outcome, resultHash, at) {
      await good("/v1/gate/outcome", { act, epoch, outcome, resultHash, at });
    },
    inbound: async (text, source, at) =>
      z.object({ span: z.string() }).parse(await good("/v1/gate/inbound", { text, surface: source === null ? "web" : "dm", source, at })).span,
    async gone(spans, at) {
      await good("/v1/gate/span-gone", { spans, at });
    },
  };
}
