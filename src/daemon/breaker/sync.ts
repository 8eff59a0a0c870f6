import type { Approval, Checkpoint, PanicBand } from "../../contract/breaker.ts";
import type { Link } from "../access/dial.ts";
import { createBackoff } from "../kernel/backoff.ts";
import type { Clock } from "../kernel/clock.ts";
import { fault } from "../kernel/fault.ts";
import type { Log } from "../kernel/log.ts";

/** Rows of one node's log on their way to the copy. */
export interface LogPiece {
  logId: string;
  rows: Parameters<Link["client"]["breaker"]["peer"]["keep"]>[0]["rows"];
  checkpoints: Checkpoint[];
}

export interface SyncDeps {
  clock: Clock;
  log: Log;
  random: () => number;
  /** Hands the keeper the way to a member's keeper. */
  onLease(nodeId: string, to: { host: string; port: number; key: string; session: string }): void;
  /** The policy as members get it. */
  policy(): { version: number; policy: unknown };
  /** A member's waiting approvals, or its panic band, changed. */
  onAsks(nodeId: string, asks: readonly Approval[], band: PanicBand): void;
  /** This node and its log. */
  self: { nodeId: string; rows(after: number, limit: number): Promise<LogPiece> };
  /** The node that keeps the copies; null where this rack has none but main itself. */
  storage(): string | null;
  /** A copy was refused: the source's log was rebuilt or rolled back. */
  onRebuilt(nodeId: string, seq: number): void;
}

const COPY_EVERY_MS = 5000;
const COPY_ROWS = 200;
const RETRY_MAX_MS = 5000;

/** What main keeps going with each member: the lease's key, the policy, the member's approvals, the copy of its log. */
export function createSync(deps: SyncDeps) {
  const { clock, log } = deps;
  const links = new Map<string, Link>();
  const copied = new Map<string, number>();
  let copying = false;

  const retried = async (what: string, nodeId: string, signal: AbortSignal, run: () => Promise<void>) => {
    const backoff = createBackoff({ clock, random: deps.random, maxMs: RETRY_MAX_MS });
    while (!signal.aborted) {
      try {
        return await run();
      } catch (error) {
        if (signal.aborted) return;
        log.warn("breaker.sync-failed", { what, node: nodeId, error: error instanceof Error ? error.message : String(error) });
        await backoff.wait(signal);
      }
    }
  };
  const lease = async (nodeId: string, link: Link, host: string) => {
    deps.onLease(nodeId, { host, ...(await link.client.breaker.peer.lease()) });
  };
  const sendPolicy = async (link: Link) => void (await link.client.breaker.peer.policy(deps.policy() as Parameters<typeof link.client.breaker.peer.policy>[0]));
  const follow = async (nodeId: string, link: Link, signal: AbortSignal) => {
    for await (const { asks, band } of await link.client.breaker.peer.asks(undefined, { signal })) deps.onAsks(nodeId, asks, band);
  };

  /** Brings one node's copy up to date, a piece at a time. */
  const copy = async (nodeId: string, read: (after: number, limit: number) => Promise<LogPiece>, keeper: Link) => {
    const keep = (piece: LogPiece) => keeper.client.breaker.peer.keep({ nodeId, ...piece });
    for (;;) {
      // An empty piece asks how far the copy has come.
      const after = copied.get(nodeId) ?? (await keep({ logId: "", rows: [], checkpoints: [] })).upTo;
      const piece = await read(after, COPY_ROWS);
      if (piece.logId === "") return;
      const { upTo } = await keep(piece);
      copied.set(nodeId, upTo);
      if (upTo <= after) return;
    }
  };
  const copyAll = async () => {
    const storage = deps.storage();
    const keeper = storage === null ? undefined : links.get(storage);
    if (keeper === undefined || copying) return;
    copying = true;
    try {
      const sources: [string, (after: number, limit: number) => Promise<LogPiece>][] = [[deps.self.nodeId, deps.self.rows]];
      for (const [nodeId, link] of links) if (nodeId !== storage) sources.push([nodeId, (after, limit) => link.client.breaker.peer.rows({ after, limit })]);
      for (const [nodeId, read] of sources) {
        try {
          await copy(nodeId, read, keeper);
        } catch (error) {
          copied.delete(nodeId);
          const refused = error as { code?: string; data?: { seq?: number } };
          if (refused.code === "breaker.log-rebuilt") deps.onRebuilt(nodeId, refused.data?.seq ?? 0);
          else log.warn("breaker.copy-failed", { node: nodeId, error: (error as Error).message });
        }
      }
    } finally {
      copying = false;
    }
  };

  return {
    /** A connection to a member came up; everything begins anew with it. */
    linked(nodeId: string, link: Link, host: string, signal: AbortSignal) {
      links.set(nodeId, link);
      copied.delete(nodeId);
      signal.addEventListener("abort", () => {
        if (links.get(nodeId) === link) links.delete(nodeId);
      });
      void retried("lease", nodeId, signal, () => lease(nodeId, link, host));
      void retried("policy", nodeId, signal, () => sendPolicy(link));
      void retried("asks", nodeId, signal, () => follow(nodeId, link, signal));
    },
    policyChanged() {
      for (const [nodeId, link] of links)
        sendPolicy(link).catch((error: unknown) => log.warn("breaker.sync-failed", { what: "policy", node: nodeId, error: (error as Error).message }));
    },
    /** Tells the member that asked. Throws `rack.node-unreachable` when it is not linked. */
    async decided(nodeId: string, answer: { id: string; answer: "approve" | "deny"; by: string; note: string | null }) {
      const link = links.get(nodeId);
      if (!link) throw fault("rack.node-unreachable", { nodeId });
      await link.client.breaker.peer.decided(answer);
    },
    start: () => clock.every(COPY_EVERY_MS, () => void copyAll()),
    copyAll,
  };
}
export type Sync = ReturnType<typeof createSync>;
