import { InvalidArgumentError } from "commander";
import { levels, type Cell, type Level, type ReplayResult } from "../../contract/breaker.ts";
import { fill } from "../../words/index.ts";
import { command, type Kit } from "../kit.ts";
import type { Tongue } from "../language.ts";
import type { Session } from "../session.ts";
import { clean, table } from "../table.ts";
import { moment } from "../units.ts";

/** `aos autonomy`, `aos autonomy set|preview|replay`. */
export function addAutonomy({ program, text, act }: Kit): void {
  const autonomy = command(program, "autonomy", text.command.autonomy).action(act(matrix));
  command(autonomy, "set", text.command.autonomySet).argument("<level>", text.option.level).action(act(set));
  command(autonomy, "preview", text.command.autonomyPreview)
    .requiredOption("--level <level>", text.option.level, parseLevel)
    .option("--days <days>", text.option.replayDays, parseDays, 7)
    .action(act<{ level: Level; days: number }>(preview));
  command(autonomy, "replay", text.command.autonomyReplay)
    .requiredOption("--level <level>", text.option.level, parseLevel)
    .option("--days <days>", text.option.replayDays, parseDays, 7)
    .action(act<{ level: Level; days: number }>(replay));
}

function parseLevel(text: string): Level {
  const level = levels.find((one) => String(one) === text.replace(/^l/i, ""));
  if (level === undefined) throw new InvalidArgumentError("1 – 5");
  return level;
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 90) throw new InvalidArgumentError("1 – 90");
  return days;
}

const cellText = ({ decision, within }: Cell, { words }: Tongue) =>
  within === null ? words.decision[decision] : `${words.decision[decision]} (${words.within[within]})`;

async function matrix(session: Session): Promise<void> {
  const view = await session.ask((aosd, options) => aosd.breaker.autonomy.get(undefined, options));
  const { tongue } = session;
  session.show(view, () =>
    [
      fill(tongue.text.say.level, { level: view.level, most: view.maxLevel, plan: clean(view.plan) }),
      "",
      table(
        [tongue.text.head.act, ...levels.map((level) => (level === view.level ? `[L${level}]` : `L${level}`))],
        view.matrix.map((row) => [tongue.words.actionClass[row.class], ...row.cells.map((cell) => cellText(cell, tongue))]),
      ),
    ].join("\n"),
  );
}

async function set(session: Session, [given = ""]: readonly string[]): Promise<void> {
  const level = parseLevel(given);
  const view = await session.ask((aosd, options) => aosd.breaker.autonomy.set({ level }, options));
  session.show(view, () => fill(session.tongue.text.say.level, { level: view.level, most: view.maxLevel, plan: clean(view.plan) }));
}

async function preview(session: Session, _: readonly string[], { level, days }: { level: Level; days: number }): Promise<void> {
  const result = await session.ask((aosd, options) => aosd.breaker.autonomy.preview({ level, days }, options), 60_000);
  const { tongue } = session;
  session.show(result, () =>
    [
      ...result.cells.map((cell) => `${tongue.words.actionClass[cell.class]}  ${cellText(cell.from, tongue)} → ${cellText(cell.to, tongue)}`),
      replayText(result.replay, session),
    ].join("\n"),
  );
}

async function replay(session: Session, _: readonly string[], { level, days }: { level: Level; days: number }): Promise<void> {
  const result = await session.ask((aosd, options) => aosd.breaker.autonomy.replay({ level, days }, options), 60_000);
  session.show(result, () => replayText(result, session));
}

function replayText(result: ReplayResult, session: Session): string {
  const { text, words, language } = session.tongue;
  const head = fill(text.say.replay, {
    days: result.days,
    acts: result.acts,
    level: result.level,
    differences: result.differences,
    unasked: result.unasked,
    held: result.held,
  });
  if (result.lines.length === 0) return head;
  const rows = result.lines.map((line) => [
    moment(line.at, language, session.io.env["TZ"]),
    clean(line.tool),
    words.decision[line.recorded],
    words.decision[line.replayed],
    words.gateReason[line.replayedReason],
  ]);
  return `${head}\n\n${table([text.head.when, text.head.act, text.head.recorded, text.head.replayed, text.head.why], rows)}`;
}
