import { z } from "zod";
import { gateRequest, type GateRequest } from "../../../contract/breaker.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Approvals } from "../approvals/service.ts";
import type { Runtime, Runtimes } from "../runtimes.ts";
import type { Gate, GateCaller } from "./service.ts";

export interface GateDoorsDeps {
  gate: Pick<Gate, "judge" | "inbound" | "spanGone" | "outcome">;
  approvals: Pick<Approvals, "wait">;
  runtimes: Pick<Runtimes, "byToken">;
  clock: Clock;
  log: Log;
  /** Judges an act and carries out what may go by the runtime's own programs. */
  perform(request: GateRequest, runtime: Runtime, caller: GateCaller, signal: AbortSignal): Promise<object>;
  /** Moves the gate's time for a rehearsal; null where this daemon rehearses nothing. Answers whether it was an instant. */
  jump: ((at: string) => boolean) | null;
}

const MOST_BYTES = 1_310_720;
const LONGEST_ACT_BYTES = 262_144;
const LONGEST_WAIT_S = 25;
/** Calls without a good token, a second, that are answered at all; and calls of one runtime. */
const STRANGERS_PER_SECOND = 50;
const CALLS_PER_SECOND = 2000;

const name = z.string().min(1).max(64);
const at = z.string().max(40).optional();
const inbound = z.object({
  text: z.string().max(1_048_576),
  surface: z.string().min(1).max(32),
  source: z
    .object({ channel: z.string().min(1).max(64), address: z.string().min(1).max(320) })
    .nullable()
    .default(null),
  agent: name.default("main"),
  parent: name.optional(),
  task: name.optional(),
  at,
});
const spanGone = z.object({ agent: name.default("main"), spans: z.array(name).min(1).max(4096), at });
const outcome = z.object({
  act: name,
  epoch: z.number().int(),
  outcome: z.enum(["done", "failed", "stopped"]),
  resultHash: z
    .string()
    .regex(/^[0-9a-f]{8,128}$/)
    .nullable()
    .default(null),
  tokens: z.number().int().nonnegative().max(1e9).default(0),
  at,
});

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", "cache-control": "no-store", ...headers } });

/**
 * The doors for runtimes outside, `/v1/gate...`, to be mounted on the loopback listener only. Every verdict is a 200; what can't be judged is a
 * denial or an error, never an allow. Null: no such path.
 */
export function createGateDoors({ gate, approvals, runtimes, clock, log, perform, jump }: GateDoorsDeps) {
  const windows = new Map<string, { from: number; count: number }>();
  const within = (key: string, perSecond: number): boolean => {
    const now = clock.mono();
    const window = windows.get(key);
    if (window === undefined || now - window.from >= 1000) {
      windows.set(key, { from: now, count: 1 });
      return true;
    }
    window.count += 1;
    return window.count <= perSecond;
  };
  const caller = (runtime: Runtime, via: string) => ({ runtime: runtime.id, via });
  /** A rehearsing runtime says when; anybody else who does is refused. */
  const timed = (runtime: Runtime, when: string | undefined): boolean => when === undefined || (runtime.rehearsal && jump !== null && jump(when));

  const answer = async (path: string, body: unknown, runtime: Runtime, via: string, signal: AbortSignal): Promise<Response> => {
    const bad = (where: string) => json({ error: "bad-request", where }, 400);
    const first = (error: z.ZodError) => bad(error.issues[0]?.path.join(".") ?? "");
    switch (path) {
      case "/v1/gate":
      case "/v1/act": {
        const parsed = gateRequest.extend({ at }).safeParse(body);
        if (!parsed.success) return first(parsed.error);
        const { at: when, ...request } = parsed.data;
        if (!timed(runtime, when)) return bad("at");
        return json(path === "/v1/act" ? await perform(request, runtime, caller(runtime, via), signal) : await gate.judge(request, caller(runtime, via)));
      }
      case "/v1/gate/inbound": {
        const parsed = inbound.safeParse(body);
        if (!parsed.success) return first(parsed.error);
        const { at: when, ...text } = parsed.data;
        if (!timed(runtime, when)) return bad("at");
        return json(await gate.inbound(text, caller(runtime, via)));
      }
      case "/v1/gate/span-gone": {
        const parsed = spanGone.safeParse(body);
        if (!parsed.success) return first(parsed.error);
        if (!timed(runtime, parsed.data.at)) return bad("at");
        await gate.spanGone(parsed.data.agent, parsed.data.spans, caller(runtime, via));
        return json({ ok: true });
      }
      case "/v1/gate/outcome": {
        const parsed = outcome.safeParse(body);
        if (!parsed.success) return first(parsed.error);
        if (!timed(runtime, parsed.data.at)) return bad("at");
        const { act, epoch, outcome: became, resultHash, tokens } = parsed.data;
        return json({ outcome: await gate.outcome(act, epoch, { outcome: became, resultHash, tokens }) });
      }
      default:
        return json({ error: "not-found" }, 404);
    }
  };

  const waited = async (id: string, url: URL, signal: AbortSignal): Promise<Response> => {
    const seconds = Number(url.searchParams.get("wait") ?? "0");
    if (!Number.isFinite(seconds) || seconds < 0) return json({ error: "bad-request", where: "wait" }, 400);
    const found = await approvals.wait(id, Math.min(seconds, LONGEST_WAIT_S) * 1000, signal);
    return found === null ? json({ error: "not-found" }, 404) : json({ id: found.id, act: found.act, state: found.state, expiresInMs: found.expiresInMs });
  };

  return async (request: Request, via = "http"): Promise<Response | null> => {
    const url = new URL(request.url);
    if (url.pathname !== "/v1/act" && url.pathname !== "/v1/gate" && !url.pathname.startsWith("/v1/gate/")) return null;
    try {
      const token = /^Bearer ([\w-]{16,200})$/.exec(request.headers.get("authorization") ?? "")?.[1];
      const runtime = token === undefined ? null : runtimes.byToken(token);
      if (runtime === null)
        return within("", STRANGERS_PER_SECOND) ? json({ error: "unauthorized" }, 401, { "www-authenticate": "Bearer" }) : new Response(null, { status: 429 });
      if (!within(runtime.id, CALLS_PER_SECOND)) return json({ error: "too-many" }, 429, { "retry-after": "1" });
      const approval = /^\/v1\/gate\/approvals\/([\w-]{1,64})$/.exec(url.pathname)?.[1];
      if (approval !== undefined)
        return request.method === "GET" ? await waited(approval, url, request.signal) : json({ error: "method" }, 405, { allow: "GET" });
      if (request.method !== "POST") return json({ error: "method" }, 405, { allow: "POST" });
      const body = await read(request, url.pathname === "/v1/gate" || url.pathname === "/v1/act" ? LONGEST_ACT_BYTES : MOST_BYTES);
      if (body === "too-large") return json({ error: "too-large" }, 413);
      if (body === null) return json({ error: "bad-request", where: "" }, 400);
      return await answer(url.pathname, body.value, runtime, via, request.signal);
    } catch (error) {
      log.error("gate.door-failed", { path: url.pathname, error });
      return json({ error: "internal" }, 503);
    }
  };
}

/** The JSON of a body of at most `most` bytes; null where it is none. What is longer is not read to its end. */
async function read(request: Request, most: number): Promise<{ value: unknown } | "too-large" | null> {
  if (Number(request.headers.get("content-length") ?? 0) > most) return "too-large";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (request.body !== null)
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > most) return "too-large";
      chunks.push(chunk);
    }
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))) as unknown };
  } catch {
    return null;
  }
}
