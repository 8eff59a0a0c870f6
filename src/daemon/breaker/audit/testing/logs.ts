import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClock } from "../../../kernel/clock.ts";
import { createIds } from "../../../kernel/ids.ts";
import { silentLog } from "../../../kernel/log.ts";
import { createAudit, type Audit, type AuditDeps } from "../audit.ts";
import type { AuditEntry } from "../entry.ts";

/** Takes what looks like a token out of a text. */
export const redactTokens = (text: string): string => text.replaceAll(/sk-[a-z0-9]+/g, "[redacted]");

export const intent = (n: number | string, payload: AuditEntry["payload"] = { text: `안녕하세요 ${n}` }): AuditEntry => ({
  actor: "agent:main",
  via: "self",
  kind: "intent",
  class: "5a",
  decision: "allow",
  reason: "matrix",
  act: `act-${n}`,
  title: { code: "message.send", params: { to: "김 사장님", n } },
  epoch: 1,
  payload,
});
export const outcome = (n: number | string, decision = "done"): AuditEntry => ({
  actor: "agent:main",
  via: "self",
  kind: "outcome",
  decision,
  act: `act-${n}`,
  title: { code: "message.send", params: { n } },
  epoch: 1,
});

/** Folders and logs of one test, all removed by `end`. */
export function createLogs() {
  const dirs: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  const dir = () => {
    const made = mkdtempSync(join(tmpdir(), "aos-audit-"));
    dirs.push(made);
    return made;
  };
  return {
    dir,
    /** A started log; `stop` closes it. */
    async open(at = dir(), more: Partial<AuditDeps> = {}): Promise<{ audit: Audit; dir: string; stop(): Promise<void> }> {
      const audit = createAudit({ dir: at, clock: createClock(), ids: createIds(), log: silentLog, redact: redactTokens, ...more });
      const end = await audit.start();
      let open = true;
      const stop = async () => {
        if (open) await end();
        open = false;
      };
      stops.push(stop);
      return { audit, dir: at, stop };
    },
    async end() {
      for (const stop of stops) await stop();
      for (const one of dirs) rmSync(one, { recursive: true, force: true });
    },
  };
}

/** A copy of a log's file with its write-ahead log, in a folder of its own; answers its path. */
export function copyLog(from: string, to: string): string {
  const path = join(to, "audit.db");
  copyFileSync(from, path);
  for (const part of ["-wal", "-shm"]) {
    rmSync(`${path}${part}`, { force: true });
    if (part === "-wal" && existsSync(`${from}${part}`)) copyFileSync(`${from}${part}`, `${path}${part}`);
  }
  return path;
}

const shell = "sqlite3";
/** Runs Debian's own sqlite3 on a file, as somebody with a shell would. */
export const sqlite = (path: string, sql: string): string => execFileSync(shell, [path, sql], { encoding: "utf8" });
