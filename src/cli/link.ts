import { connect } from "node:net";
import { createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { ResponseValidationPlugin } from "@orpc/contract/plugins";
import { WebSocket } from "ws";
import { z } from "zod";
import { contract, type Contract } from "../contract/index.ts";
import { isRefusal, refusal } from "./refusal.ts";

export type Client = ContractRouterClient<Contract>;

export interface Link {
  client: Client;
  /** Runs one call with a time limit; a lost link and a garbled answer become refusals. */
  ask<T>(call: (client: Client, options: { signal: AbortSignal }) => Promise<T>, limitMs?: number): Promise<T>;
  close(): void;
}

const answerWithinMs = 15_000;
const openWithinMs = 3_000;
/** No answer of the contract comes near this; a larger frame is not from an aosd. */
const largestFrame = 64 * 1024 * 1024;

type SocketLike = ConstructorParameters<typeof RPCLink>[0]["websocket"];

/** Opens the local socket of the aosd at `socket`. Refuses with `cli.daemon-not-running` when nobody answers there. */
export async function openLink(options: { socket: string; stateDir: string; token: string | undefined }): Promise<Link> {
  // Not `ws+unix:`, which takes a path with a space or a colon for another path: "Application Support" has one.
  const socket = new WebSocket("ws://aosd.local/rpc", {
    createConnection: () => connect(options.socket),
    headers: { "x-aos-via": "cli", ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }) },
    handshakeTimeout: openWithinMs,
    maxPayload: largestFrame,
    perMessageDeflate: false,
  });
  await opened(socket, options.stateDir);
  const trouble = Promise.withResolvers<never>();
  // Without a call under way nobody listens to it, and that is fine.
  trouble.promise.catch(() => undefined);
  const fail = (code: "cli.bad-answer" | "cli.link-lost") => trouble.reject(refusal(code));
  socket.on("error", () => fail("cli.bad-answer"));
  socket.on("close", () => fail("cli.link-lost"));
  const websocket = guarded(socket, () => {
    fail("cli.bad-answer");
    socket.terminate();
  });
  const client: Client = createORPCClient(new RPCLink({ websocket, plugins: [new ResponseValidationPlugin(contract)] }));
  return {
    client,
    async ask(call, limitMs = answerWithinMs) {
      const signal = AbortSignal.timeout(limitMs);
      const late = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(refusal("cli.timed-out", { seconds: Math.round(limitMs / 1000) })));
      });
      const answer = call(client, { signal }).catch((error: unknown) => {
        if (isRefusal(error) || error instanceof ORPCError) throw error;
        if (signal.aborted || socket.readyState !== socket.OPEN) return trouble.promise;
        // What is left is an answer that oRPC or the contract's schema could not read.
        throw refusal("cli.bad-answer", { detail: error instanceof Error ? error.message : String(error) });
      });
      return Promise.race([answer, trouble.promise, late]);
    },
    close: () => socket.terminate(),
  };
}

function opened(socket: WebSocket, stateDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", (error) => {
      const code = "code" in error ? error.code : undefined;
      const reason = code === "ECONNREFUSED" || code === "ENOENT" ? "gone" : code === "EACCES" || code === "EPERM" ? "no-permission" : "no-answer";
      reject(refusal("cli.daemon-not-running", { reason, stateDir }));
    });
  });
}

/** A reply as oRPC frames it: an answer (2), an event of a stream (3) or its end (4). */
const reply = z.union([
  z.object({ i: z.string(), t: z.literal(2).optional(), p: z.object({ s: z.number().int().optional(), h: z.record(z.string(), z.unknown()).optional() }) }),
  z.object({ i: z.string(), t: z.literal(3), p: z.object({ e: z.string() }) }),
  z.object({ i: z.string(), t: z.literal(4) }),
]);

function isReply(data: unknown): boolean {
  if (typeof data !== "string") return false;
  try {
    return reply.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}

/** Hands frames to oRPC, which lets go of the promise that fails on a malformed one: those must not reach it. */
function guarded(socket: WebSocket, onGarbage: () => void): SocketLike {
  const addEventListener: SocketLike["addEventListener"] = (type: string, listener: Parameters<SocketLike["addEventListener"]>[1]) => {
    const deliver = (event: unknown) => void (typeof listener === "function" ? (listener as (event: unknown) => unknown)(event) : undefined);
    if (type === "message") socket.addEventListener("message", (event) => (isReply(event.data) ? deliver(event) : onGarbage()));
    else if (type === "close") socket.addEventListener("close", deliver);
    else if (type === "open") socket.addEventListener("open", deliver);
  };
  return {
    addEventListener,
    removeEventListener: () => undefined,
    send: (data) => socket.send(data as string | Uint8Array),
    get readyState() {
      return socket.readyState;
    },
  };
}
