import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import { pollEveryMs, type UpsProblem, type UpsSource } from "../domain/ups.ts";
import { connectNut, type NutConnection } from "./nut-connection.ts";
import { NutError, quoted, variable } from "./nut-protocol.ts";
import type { Ups } from "./port.ts";
import { createWatched } from "./watched.ts";

export interface NutOptions {
  clock: Clock;
  log: Log;
  /** 0 to 1, for the jitter of the back-off. */
  random: () => number;
  host: string;
  port: number;
  /** Name of the UPS at the server; null takes the first of its list. */
  ups: string | null;
  login: { user: string; password: string } | null;
  /** prefer: TLS where the server offers it. require: no word without TLS. */
  tls: "off" | "prefer" | "require";
  /** PEM of the certificate to trust; without it TLS hides the talk but doesn't prove the server. */
  ca?: string;
  /** simulated: the server at that port is our own demo. */
  source?: Extract<UpsSource, "nut" | "simulated">;
}

const firstRetryMs = 500;
const longestRetryMs = 5000;
/** The whole list is 40 ms of work for the server, so most polls ask only for what changes. */
const listEvery = 60;
const changing = ["ups.status", "battery.charge", "battery.runtime", "ups.load", "ups.realpower"] as const;

interface Session {
  connection: NutConnection;
  ups: string;
  encrypted: boolean;
  /** A trouble that doesn't hide the values: a refused login. */
  problem: UpsProblem | null;
  vars: Record<string, string>;
  polls: number;
}

/** UPS through a NUT server (RFC 9271). One connection, polled every second, made again with a growing wait when it breaks. */
export function createNutUps(options: NutOptions): Ups {
  const { clock, log, random, source = "nut" } = options;
  const watched = createWatched({ clock, source, name: options.ups });
  let session: Session | null = null;
  let busy = false;
  let running = 0;
  let retryMs = firstRetryMs;
  let retryAt = 0;

  const trouble = (error: unknown): NutError => (error instanceof NutError ? error : new NutError("garbage", String(error)));

  const drop = (error: NutError) => {
    session?.connection.close();
    session = null;
    // Half to one and a half of the wait, so that many consoles don't come back in step.
    retryAt = clock.mono() + retryMs * (0.5 + random());
    retryMs = Math.min(longestRetryMs, retryMs * 2);
    log.warn("ups.lost", { problem: error.problem, code: error.code });
    watched.report({ kind: "silent", problem: error.problem });
  };

  const step = async (run: number) => {
    if (session === null) {
      if (clock.mono() < retryAt) return;
      const opened = await open(options);
      if (run !== running) return opened.connection.close();
      session = opened;
      log.info("ups.connected", { encrypted: opened.encrypted, problem: opened.problem });
    }
    const current = session;
    try {
      await poll(current);
    } catch (error) {
      const refusal = trouble(error);
      if (!refusal.answered || refusal.problem === "garbage") throw refusal;
      // The server is there and says that it can't tell.
      if (run === running) watched.report({ kind: "silent", problem: refusal.problem });
      current.polls = 0;
      return;
    }
    retryMs = firstRetryMs;
    if (run === running)
      watched.report({ kind: "values", name: current.ups, vars: { ...current.vars }, encrypted: current.encrypted, problem: current.problem });
  };

  const tick = (run: number) => {
    watched.report(null);
    if (busy) return;
    busy = true;
    step(run)
      .catch((error: unknown) => {
        if (run === running) drop(trouble(error));
      })
      .finally(() => {
        busy = false;
      })
      .catch((error: unknown) => log.error("ups.tick-failed", { error: String(error) }));
  };

  return {
    current: watched.current,
    onChange: watched.onChange,
    start() {
      running += 1;
      const run = running;
      const stopTicks = clock.every(pollEveryMs, () => tick(run));
      tick(run);
      return () => {
        if (run !== running) return;
        running += 1;
        stopTicks();
        session?.connection.close();
        session = null;
      };
    },
  };
}

async function open(options: NutOptions): Promise<Session> {
  const connection = await connectNut(options);
  try {
    const encrypted = await secure(connection, options);
    const ups = options.ups ?? firstUps(await connection.list("UPS"));
    const problem = await login(connection, options.login, ups);
    return { connection, ups, encrypted, problem, vars: {}, polls: 0 };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function secure(connection: NutConnection, { tls, ca, host }: NutOptions): Promise<boolean> {
  if (tls === "off") return false;
  try {
    await connection.secure({ ca, host });
    return true;
  } catch (error) {
    // The server has no TLS and says so. A handshake that fails is no reason to go on in the clear.
    if (tls === "prefer" && error instanceof NutError && error.answered) return false;
    throw error instanceof NutError && error.answered ? new NutError("tls-failed", error.code) : error;
  }
}

function firstUps(lines: readonly string[]): string {
  const name = lines.map((line) => /^UPS ([\w.-]{1,128}) /.exec(line)?.[1]).find((one) => one !== undefined);
  if (name === undefined) throw new NutError("unknown-ups", "empty list", true);
  return name;
}

/** Values can be read without a login; only LOGIN itself checks the password. */
async function login(connection: NutConnection, who: NutOptions["login"], ups: string): Promise<UpsProblem | null> {
  if (who === null) return null;
  try {
    await connection.ask(`USERNAME ${quoted(who.user)}`);
    await connection.ask(`PASSWORD ${quoted(who.password)}`);
    await connection.ask(`LOGIN ${ups}`);
    return null;
  } catch (error) {
    if (error instanceof NutError && error.answered && error.problem === "access-denied") return error.problem;
    throw error;
  }
}

async function poll(session: Session): Promise<void> {
  if (session.polls % listEvery === 0) {
    const pairs = (await session.connection.list(`VAR ${session.ups}`)).map((line) => read(line, session.ups));
    session.vars = Object.fromEntries(pairs);
  } else {
    for (const name of changing) {
      // The status is asked for always: a UPS without one is unknown, not as before.
      if (name !== "ups.status" && !(name in session.vars)) continue;
      await refresh(session, name);
    }
  }
  session.polls += 1;
}

async function refresh(session: Session, name: string): Promise<void> {
  try {
    const [, value] = read(await session.connection.ask(`GET VAR ${session.ups} ${name}`), session.ups, name);
    session.vars[name] = value;
  } catch (error) {
    if (!(error instanceof NutError && error.code === "VAR-NOT-SUPPORTED")) throw error;
    delete session.vars[name];
  }
}

function read(line: string, ups: string, expected?: string): [string, string] {
  const pair = variable(line, ups);
  if (pair === null || (expected !== undefined && pair[0] !== expected)) throw new NutError("garbage", "not a variable");
  return pair;
}
