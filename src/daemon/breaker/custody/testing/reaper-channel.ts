import type { Clock } from "../../../kernel/clock.ts";
import type { Group } from "../domain/group.ts";
import type { Reaper } from "../reaper.ts";
import type { ReaperPort } from "../reaper-port.ts";

type Ask = { op: "track"; group: Group } | { op: "end"; token: string } | { op: "killAll"; upTo: number | null } | { op: "alive" };
export interface ReaperRequest {
  id: number;
  ask: Ask;
}
export type ReaperReply = { id: number; ok: true; value: unknown } | { id: number; ok: false; message: string };
/** What both ends need of a `MessagePort` or of a worker's port. */
export interface Channel {
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
  off(event: "message", listener: (message: unknown) => void): unknown;
}

const trackMs = 500;
/** Killing takes 5 s at most; beyond that the keeper is not there. */
const killMs = 8000;

/** Answers the daemon's calls in the keeper's thread; returns what ends it. */
export function serveReaper(channel: Channel, reaper: Reaper): () => void {
  const carryOut = async (ask: Ask): Promise<unknown> => {
    switch (ask.op) {
      case "track":
        return reaper.track(ask.group);
      case "end":
        return reaper.end(ask.token);
      case "killAll":
        return reaper.killAll(ask.upTo ?? undefined);
      case "alive":
        return reaper.alive();
    }
  };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  const reply = (answer: ReaperReply) => channel.postMessage(answer);
  const onMessage = (message: unknown) => {
    const { id, ask } = message as ReaperRequest;
    carryOut(ask).then(
      (value) => reply({ id, ok: true, value }),
      (error: unknown) => reply({ id, ok: false, message: String(error) }),
    );
  };
  channel.on("message", onMessage);
  return () => channel.off("message", onMessage);
}

/** The daemon's end of `serveReaper`. */
export function connectReaper(channel: Channel, { clock }: { clock: Clock }): ReaperPort & { close(): void } {
  const waiting = new Map<number, (reply: ReaperReply) => void>();
  let ids = 0;
  const onMessage = (message: unknown) => {
    const reply = message as ReaperReply;
    waiting.get(reply.id)?.(reply);
  };
  channel.on("message", onMessage);
  const call = <T>(ask: Ask, ms: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = ++ids;
      const late = clock.after(ms, () => {
        waiting.delete(id);
        reject(new Error(`the keeper did not answer ${ask.op} within ${ms} ms`));
      });
      waiting.set(id, (reply) => {
        waiting.delete(id);
        late();
        if (reply.ok) resolve(reply.value as T);
        else reject(new Error(reply.message));
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
      channel.postMessage({ id, ask } satisfies ReaperRequest);
    });
  return {
    track: (group) => call({ op: "track", group }, trackMs),
    end: (token) => call({ op: "end", token }, killMs),
    killAll: (upTo) => call({ op: "killAll", upTo: upTo ?? null }, killMs),
    alive: () => call({ op: "alive" }, killMs),
    close() {
      channel.off("message", onMessage);
      for (const [id, settle] of waiting) settle({ id, ok: false, message: "the keeper's channel was closed" });
    },
  };
}
