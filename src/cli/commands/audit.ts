import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LogCheck } from "../../contract/breaker.ts";
import { fill } from "../../words/index.ts";
import { command, type Kit } from "../kit.ts";
import { refuse } from "../refusal.ts";
import type { Session } from "../session.ts";
import { clean, table } from "../table.ts";
import { moment } from "../units.ts";

const pin = z.object({ logId: z.string(), size: z.number().int(), root: z.string(), publicKey: z.string() });
const mostLines = 200;

/** `aos activity`, `aos audit verify|export|pin|erase|seal`. */
export function addAudit({ program, text, act }: Kit): void {
  command(program, "activity", text.command.activity)
    .option("--text <text>", text.option.search)
    .option("--limit <count>", text.option.limit, Number, 50)
    .action(act<{ text?: string; limit: number }>(activity));
  const audit = command(program, "audit", text.command.audit);
  command(audit, "verify", text.command.auditVerify)
    .option("--pin <file>", text.option.pin)
    .option("--file <file>", text.option.logFile)
    .action(act<{ pin?: string; file?: string }>(verify));
  command(audit, "export", text.command.auditExport).requiredOption("--out <file>", text.option.out).action(act<{ out: string }>(exportLog));
  command(audit, "pin", text.command.auditPin).requiredOption("--out <file>", text.option.out).action(act<{ out: string }>(savePin));
  command(audit, "erase", text.command.auditErase).argument("<seq...>", text.option.seq).action(act(erase));
  command(audit, "seal", text.command.auditSeal).action(
    act(async (session) => {
      const check = await session.ask((aosd, options) => aosd.breaker.activity.seal(undefined, options), 60_000);
      session.show(check, () => checkText(check, session));
    }),
  );
}

async function activity(session: Session, _: readonly string[], { text: wanted, limit }: { text?: string; limit: number }): Promise<void> {
  const filter = wanted === undefined ? {} : { text: wanted };
  const found = await session.ask((aosd, options) =>
    aosd.breaker.activity.list({ filter, limit: Math.max(1, Math.min(mostLines, Math.round(limit) || 1)) }, options),
  );
  const { text, words, language } = session.tongue;
  session.show(found, () =>
    found.entries.length === 0
      ? text.say.noActivity
      : table(
          [text.head.when, text.head.who, text.head.what, text.head.decision, text.head.outcome],
          found.entries.map((entry) => [
            moment(entry.at, language, session.io.env["TZ"]),
            clean(entry.actor),
            clean(fill(words.actTitle[entry.title.code as keyof typeof words.actTitle] ?? entry.title.code, entry.title.params)),
            entry.decision === null ? "" : words.decision[entry.decision],
            entry.outcome === null ? "" : words.outcome[entry.outcome],
          ]),
        ),
  );
}

/** Reads the file itself: a log is not asked whether it is whole. Ends with 1 when it is not. */
async function verify(session: Session, _: readonly string[], { pin: pinFile, file }: { pin?: string; file?: string }): Promise<void> {
  const pinned = pinFile === undefined ? undefined : readPin(pinFile);
  const check = await session.io.local.verifyLog(file ?? join(session.stateDir, "audit.db"), pinned);
  if (check.bad === null) session.show(check, () => checkText(check, session));
  else {
    const { seq, kind } = check.bad;
    if (session.options.json !== true) session.io.out(`bad seq=${seq} kind=${kind}\n`);
    refuse("cli.log-bad", { seq, kind });
  }
}

function readPin(path: string) {
  try {
    return pin.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    return refuse("cli.file-failed", { path, detail: error instanceof Error ? error.message : String(error) });
  }
}

async function exportLog(session: Session, _: readonly string[], { out }: { out: string }): Promise<void> {
  const file = createWriteStream(out, { mode: 0o600, flags: "wx" });
  const failed = new Promise<never>((_resolve, reject) => {
    file.once("error", (error) => {
      try {
        refuse("cli.file-failed", { path: out, detail: error.message });
      } catch (refused) {
        reject(refused instanceof Error ? refused : new Error(String(refused)));
      }
    });
  });
  const write = session.ask(async (aosd, options) => {
    let rows = 0;
    for await (const { lines } of await aosd.breaker.activity.export({}, options)) {
      rows += lines.length;
      if (!file.write(lines.map((line) => `${line}\n`).join(""))) await new Promise<void>((resolve) => file.once("drain", () => resolve()));
    }
    await new Promise<void>((resolve) => file.end(() => resolve()));
    return rows;
  }, 600_000);
  const rows = await Promise.race([write, failed]);
  session.show({ path: out, rows }, () => fill(session.tongue.text.say.exported, { path: out, count: rows }));
}

async function savePin(session: Session, _: readonly string[], { out }: { out: string }): Promise<void> {
  const point = await session.ask((aosd, options) => aosd.breaker.activity.checkpoint(undefined, options));
  if (point === null) return refuse("breaker.not-found");
  const kept = pin.parse(point);
  writeFileSync(out, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
  session.show({ path: out, ...kept }, () => fill(session.tongue.text.say.pinned, { path: out, count: kept.size }));
}

async function erase(session: Session, given: readonly string[]): Promise<void> {
  const seqs = given.map(Number);
  if (seqs.some((seq) => !Number.isInteger(seq) || seq < 1))
    refuse("cli.usage", { message: fill(session.tongue.text.usage.badValue, { what: given.join(" "), allowed: "1, 2, 3, …" }) });
  const done = await session.ask((aosd, options) => aosd.breaker.activity.erase({ seqs }, options));
  session.show(done, () => fill(session.tongue.text.say.erased, { count: done.erased }));
}

const checkText = (check: Omit<LogCheck, "at">, session: Session) => fill(session.tongue.text.say.logWhole, { count: check.rows });
