import { WebSocket } from "ws";

type Params = Record<string, unknown>;
export interface CdpEvent {
  method: string;
  params: Params;
  sessionId: string | undefined;
}
type Reply = { id?: number; method?: string; params?: Params; result?: Params; error?: { message: string }; sessionId?: string };

/** A connection to Chromium's DevTools: one socket, sessions told apart by their id ("flat" mode). */
export async function connectCdp(url: string) {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 256 << 20 });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", reject);
  });
  let ids = 0;
  const waiting = new Map<number, { resolve(result: Params): void; reject(error: Error): void }>();
  const listeners = new Set<(event: CdpEvent) => void>();
  socket.on("message", (data) => {
    const reply = JSON.parse((data as Buffer).toString()) as Reply;
    if (reply.id === undefined) {
      for (const listener of listeners) listener({ method: reply.method ?? "", params: reply.params ?? {}, sessionId: reply.sessionId });
      return;
    }
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error === undefined) call?.resolve(reply.result ?? {});
    else call?.reject(new Error(reply.error.message));
  });
  socket.on("close", () => {
    for (const call of waiting.values()) call.reject(new Error("DevTools connection closed"));
    waiting.clear();
  });
  return {
    send(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
      const id = ++ids;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
      });
    },
    on: (listener: (event: CdpEvent) => void) => void listeners.add(listener),
    close: () => socket.close(),
  };
}
export type Cdp = Awaited<ReturnType<typeof connectCdp>>;
