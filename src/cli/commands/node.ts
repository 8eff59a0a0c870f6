import { metrics, type History, type Metric, type NodeView } from "../../contract/rack.ts";
import type { Reading } from "../../contract/values.ts";
import { fill, type Language } from "../../words/index.ts";
import { command, type Kit } from "../kit.ts";
import type { Tongue } from "../language.ts";
import { pickNode } from "../pick.ts";
import { refuse } from "../refusal.ts";
import type { Session } from "../session.ts";
import { clean, sheet, table } from "../table.ts";
import { bytes, celsius, moment, parseSpan, percent, show, span, watts } from "../units.ts";
import { ageText, nameOf, rolesText, share } from "../values.ts";

const minute = 60_000;
const longest = 90 * 24 * 60;

/** `aos node <id> [--history 10m]`. */
export function addNode({ program, text, act }: Kit): void {
  command(program, "node", text.command.node)
    .argument("<id>", text.option.id)
    .option("--history <time>", text.option.history)
    .action(act<{ history?: string }>(node));
}

async function node(session: Session, [given = ""]: readonly string[], options: { history?: string }): Promise<void> {
  const minutes = options.history === undefined ? undefined : minutesOf(options.history, session.tongue);
  const rack = await session.ask((aosd, call) => aosd.rack.snapshot(undefined, call));
  const found = pickNode(rack.nodes, given);
  if (minutes === undefined) {
    session.show({ at: rack.at, node: found }, () => card(found, session));
    return;
  }
  const history = await session.ask((aosd, call) => aosd.rack.node.history({ nodeId: found.id, minutes }, call));
  session.show({ at: rack.at, node: found, missing: history.missing, history }, () => `${card(found, session)}\n\n${past(history, session.tongue)}`);
}

function minutesOf(text: string, { text: { usage } }: Tongue): number {
  const minutes = (parseSpan(text) ?? Number.NaN) / minute;
  if (!(minutes >= 1 && minutes <= longest)) refuse("cli.usage", { message: fill(usage.badValue, { what: clean(text), allowed: "60s – 90d (s, m, h, d)" }) });
  return minutes;
}

function card(found: NodeView, { tongue, io, paint }: Session): string {
  const { text, words, language } = tongue;
  const { head } = text;
  const sample = found.sample;
  /** A value that is unknown says why, where the node told why. */
  const value = (metric: Metric, reading: Reading | undefined, format: (value: number) => string) => {
    const reason = found.unknowns[metric];
    const said = show(reading, words.unknown, format);
    return typeof reading === "number" || reason === undefined ? said : `${said} (${words.unknownReason[reason]})`;
  };
  const at = (instant: number | null) => (instant === null ? words.unknown : moment(instant, language, io.env["TZ"]));
  const rows: [string, string][] = [
    [head.name, nameOf(found, tongue)],
    [head.id, found.id],
    [head.roles, rolesText(found.roles, tongue)],
    [head.state, `${words.nodeState[found.state]} · ${words.nodeStateMeans[found.state]}`],
    [head.beat, ageText(found.beatAgeMs, tongue)],
    [head.cpu, value("cpuPercent", sample?.cpuPercent, (number) => percent(number, language))],
    [head.memory, share(sample?.memoryUsedBytes, sample?.memoryTotalBytes, tongue)],
    [head.disk, share(sample?.diskUsedBytes, sample?.diskTotalBytes, tongue)],
    [head.temperature, value("temperatureC", sample?.temperatureC, (number) => celsius(number, language))],
    [head.power, value("powerW", sample?.powerW, (number) => watts(number, language))],
    [head.valuesAge, ageText(found.sampleAgeMs, tongue)],
    [head.services, found.services.map((service) => `${clean(service.name)} ${words.serviceState[service.state]}`).join(" · ") || words.none],
    [head.up, show(found.upMs ?? "unknown", words.unknown, (ms) => span(ms, language))],
    [head.lastRestart, found.lastRestart === null ? words.unknown : `${words.restartCause[found.lastRestart.cause]} · ${at(found.lastRestart.at)}`],
    [head.address, found.address === null ? words.unknown : `${clean(found.address)}:${found.port}`],
    [head.foundBy, words.foundBy[found.foundBy]],
    [head.fingerprint, found.fingerprint],
    [head.certificate, found.certFp ?? words.none],
    [head.validUntil, at(found.certNotAfter)],
    [head.serial, clean(found.serial)],
    [head.model, found.model === "unknown" ? words.unknown : clean(found.model)],
    [head.system, clean(found.os)],
    [head.version, clean(found.version)],
    [head.pid, found.pid === null ? words.unknown : String(found.pid)],
    [head.unit, found.unit === null ? words.none : `U${found.unit.from}${found.unit.height > 1 ? `–U${found.unit.from + found.unit.height - 1}` : ""}`],
  ];
  return sheet(rows.map(([name, said]) => [paint(name, "quiet"), said]));
}

function past(history: History, tongue: Tongue): string {
  const { text, words, language } = tongue;
  const title = fill(text.say.historyOf, { time: span(history.to - history.from, language), step: span(history.stepMs, language), missing: history.missing });
  if (history.at.length === 0) return `${title}\n${text.say.historyEmpty}`;
  const rows = metrics.flatMap((metric) => {
    const points = history.points[metric];
    if (points === undefined) return [];
    const known = points.filter((point) => point !== null);
    const format = (number: number | undefined) => show(number ?? "unknown", words.unknown, (value) => units[metric](value, language));
    const sum = known.reduce((total, point) => total + point, 0);
    const least = known.reduce<number | undefined>((low, point) => (low === undefined || point < low ? point : low), undefined);
    const most = known.reduce<number | undefined>((high, point) => (high === undefined || point > high ? point : high), undefined);
    return [
      [words.metric[metric], format(least), format(known.length === 0 ? undefined : sum / known.length), format(most), format(points.at(-1) ?? undefined)],
    ];
  });
  return `${title}\n${table([text.head.metric, text.head.low, text.head.mean, text.head.high, text.head.last], rows, [1, 2, 3, 4])}`;
}

const units: Record<Metric, (value: number, language: Language) => string> = {
  cpuPercent: percent,
  temperatureC: celsius,
  powerW: watts,
  beatGapMs: span,
  networkRxBytesPerS: (value, language) => `${bytes(value, language)}/s`,
  networkTxBytesPerS: (value, language) => `${bytes(value, language)}/s`,
  memoryUsedBytes: bytes,
  diskUsedBytes: bytes,
  rssBytes: bytes,
};
