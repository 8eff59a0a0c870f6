import type { EgressView } from "../../contract/breaker.ts";
import type { Caller } from "../kernel/caller.ts";
import { fault } from "../kernel/fault.ts";
import { actorOf } from "./actor.ts";
import type { Audit } from "./audit/audit.ts";
import type { EgressAnswer, EgressPolicy } from "./egress/admission.ts";
import type { SqliteLedger } from "./egress/ledger.ts";
import type { PolicyStore } from "./gate/policy.ts";
import type { Gate } from "./gate/service.ts";

/** The gate's word on one connection, as the proxy asks for it: the same table, the same log as for any other act. */
export async function egressVerdict(
  gate: Pick<Gate, "judge" | "outcome">,
  { host, port, method, act, agent }: Parameters<EgressPolicy["decide"]>[0],
): Promise<EgressAnswer> {
  const fetches = method === "GET";
  const request = {
    tool: fetches ? "http.get" : "net.connect",
    args: fetches ? { url: `http://${host}:${port}/` } : { host, port },
    agent,
    task: act,
    mode: "live" as const,
  };
  const answer = await gate.judge(request, { runtime: "egress", via: "self" });
  if (answer.decision !== "allow" && answer.decision !== "notify") return { allow: false, reason: answer.reason };
  await gate.outcome(answer.act, answer.epoch, { outcome: "done", resultHash: null });
  return { allow: true, class: answer.class === "8b" ? "8b" : "8a", approvedBy: answer.reason };
}

/** What people do with the way out: see what left, list hosts, choose the mode. What loosens is in the log before it is in force. */
export function createEgressDesk({ policy, ledger, audit, epoch }: { policy: PolicyStore; ledger: SqliteLedger; audit: Audit; epoch(): number }) {
  const record = (caller: Caller, code: string, params: Record<string, string>) =>
    audit.append({ ...actorOf(caller), kind: "setting", title: { code, params }, epoch: epoch() });
  const view = async (limit = 100): Promise<EgressView> => {
    const rows = await ledger.list({ limit });
    return {
      mode: policy.kept()?.egress ?? "isolated",
      hosts: policy.hosts(),
      bytesOut: await ledger.bytesOut(),
      rows: rows.map((row) => ({
        id: row.id,
        at: row.openedAt,
        host: row.host,
        port: row.port,
        class: row.class,
        agent: row.agent,
        act: row.act,
        approvedBy: row.approvedBy,
        bytesOut: row.bytesOut,
        bytesIn: row.bytesIn,
        hash: row.sha256 === "unknown" ? null : row.sha256,
        outcome: row.outcome,
      })),
    };
  };
  return {
    view,
    async setMode(caller: Caller, mode: EgressView["mode"]): Promise<EgressView> {
      await record(caller, "egress-mode", { mode });
      await policy.setEgress(mode);
      return view();
    },
    async allow(caller: Caller, host: string): Promise<EgressView> {
      await record(caller, "allow-host", { host });
      await policy.allowHost(host, actorOf(caller).actor);
      return view();
    },
    async disallow(caller: Caller, host: string): Promise<EgressView> {
      await record(caller, "disallow-host", { host });
      if (!(await policy.disallowHost(host))) throw fault("breaker.not-found");
      return view();
    },
  };
}
