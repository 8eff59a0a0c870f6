import type { Approval, PanicBand } from "../../contract/breaker.ts";
import { fault } from "../kernel/fault.ts";
import type { Log } from "../kernel/log.ts";
import type { Approvals } from "./approvals/service.ts";
import type { Audit } from "./audit/audit.ts";
import type { Replicas } from "./audit/replica.ts";
import type { PolicyStore } from "./gate/policy.ts";
import type { Keeper } from "./latch/keeper.ts";
import type { LogPiece } from "./sync.ts";

export interface PeersDeps {
  keeper: Keeper;
  policy: PolicyStore;
  approvals: Approvals;
  audit: Audit;
  replicas: Replicas;
  log: Log;
  band(): PanicBand;
  /** Wakes the stream of asks; the returned function ends it. */
  onAsks(listener: () => void): () => void;
}

const SAY_AGAIN_MS = 5000;

/** What this node answers to main over mutual TLS. */
export function createPeers({ keeper, policy, approvals, audit, replicas, log, band, onAsks }: PeersDeps) {
  const rows = async (after: number, limit: number): Promise<LogPiece> => (await audit.rowsAfter(after, limit)) ?? { logId: "", rows: [], checkpoints: [] };
  return {
    lease: () => keeper.session(),
    /** Main's word holds, whatever this node decided before it was taken in; one link delivers in order. */
    async policy(version: number, value: unknown) {
      return { version: await policy.import(Math.max(version, policy.version() + 1), value) };
    },
    async *asks(signal: AbortSignal | undefined): AsyncGenerator<{ asks: Approval[]; band: PanicBand }> {
      let wake = () => {};
      const stop = onAsks(() => wake());
      try {
        while (signal?.aborted !== true) {
          yield { asks: approvals.waiting(), band: band() };
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, SAY_AGAIN_MS).unref();
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
            signal?.addEventListener("abort", wake, { once: true });
          });
        }
      } finally {
        stop();
      }
    },
    async decided(answer: { id: string; answer: "approve" | "deny"; by: string; note: string | null }): Promise<{ ok: true }> {
      if (!(await approvals.decidedElsewhere(answer))) log.warn("approvals.answer-too-late", { id: answer.id });
      return { ok: true };
    },
    rows,
    /** Keeps another node's rows. A piece without rows and words asks only how far the copy goes. */
    async keep({ nodeId, ...piece }: LogPiece & { nodeId: string }): Promise<{ upTo: number }> {
      if (piece.rows.length === 0 && piece.checkpoints.length === 0) return { upTo: await replicas.upTo(nodeId) };
      const answer = await replicas.accept(nodeId, piece);
      if (!answer.ok) throw fault("breaker.log-rebuilt", { seq: answer.seq });
      return { upTo: answer.upTo };
    },
  };
}
