import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import SQLite from "better-sqlite3";
import { verifyFile } from "../../../src/daemon/breaker/audit/verify.ts";
import { root } from "../../levels/child.ts";

export const auditWriter = join(root, "test/contract/support/audit-writer.ts");

export interface AuditKills {
  kills: number;
  /** Kills that landed while at least one append waited for its acknowledgement. */
  inFlight: number;
  acknowledged: number;
  /** Acknowledged rows that are there afterwards, at their place and with their hash. */
  recovered: number;
  /** Starts after a kill that found the whole log sound, to the last row. */
  clean: number;
  /** Acts whose intent was acknowledged and whose end was not, when their writer was killed. */
  cutOff: number;
  /** Of those, acts that the log then calls unknown, or that had ended on disk without anybody hearing of it. */
  told: number;
}

/** Kills a process that appends to a log with -9 again and again, each time at another moment, and starts it again on the same folder. `moment` gives the wait, 0 to 1. */
export async function killWhileAppending(count: number, moment: () => number): Promise<AuditKills> {
  const dir = mkdtempSync(join(tmpdir(), "aos-audit-kills-"));
  const path = join(dir, "audit.db");
  const rows = new Map<number, string>();
  const cutOff = new Set<string>();
  const tally: AuditKills = { kills: 0, inFlight: 0, acknowledged: 0, recovered: 0, clean: 0, cutOff: 0, told: 0 };
  try {
    for (let round = 0; round <= count; round++) {
      const last = round === count;
      const child = spawn(process.execPath, [auditWriter, dir, String(round), "4", last ? "4" : "Infinity"], { stdio: ["ignore", "pipe", "inherit"] });
      const ended = once(child, "close");
      const tried = new Set<string>();
      const open = new Set<string>();
      let started: (state: string) => void = () => undefined;
      const start = new Promise<string>((resolve) => {
        started = resolve;
      });
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [what, ...rest] = line.split(" ");
        if (what === "open") started(rest[0] ?? "");
        if (what === "try") tried.add(rest[0] ?? "");
        if (what === "end") open.delete(rest[0] ?? "");
        if (what !== "ack") return;
        const [seq, hash = "", act = ""] = rest;
        tried.delete(act);
        open.add(act);
        rows.set(Number(seq), hash);
      });
      const state = await Promise.race([start, ended.then(() => "ended")]);
      if (state !== "open") throw new Error(`round ${round}: the log is ${state}`);
      if (last) {
        await ended;
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 5 + moment() * 120));
      child.kill("SIGKILL");
      await ended;
      tally.kills += 1;
      // What it had said before it died is all read by now; what waits is a first or a second append of an act.
      if (tried.size + open.size > 0) tally.inFlight += 1;
      for (const act of open) cutOff.add(act);
      if ((await verifyFile({ path })).ok) tally.clean += 1;
    }
    const db = new SQLite(path, { readonly: true });
    tally.acknowledged = rows.size;
    const hashAt = db.prepare<[number], { hash: string }>("SELECT lower(hex(hash)) AS hash FROM entry WHERE seq = ?");
    tally.recovered = [...rows].filter(([seq, hash]) => hashAt.get(seq)?.hash === hash).length;
    const outcomeOf = db.prepare<[string], { outcome: string | null }>("SELECT outcome FROM act WHERE name = ?");
    tally.cutOff = cutOff.size;
    tally.told = [...cutOff].filter((act) => ["unknown", "done"].includes(outcomeOf.get(act)?.outcome ?? "")).length;
    db.close();
    return tally;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
