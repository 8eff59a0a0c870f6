import { InvalidArgumentError } from "commander";
import type { Alert, NodeView, Repair } from "../../contract/rack.ts";
import { fill } from "../../words/index.ts";
import { command, type Kit } from "../kit.ts";
import type { Tongue } from "../language.ts";
import type { Session } from "../session.ts";
import { clean, table } from "../table.ts";
import { age, span } from "../units.ts";

const minute = 60_000;
const mostMinutes = 7 * 24 * 60;

/** `aos repairs`, `aos alerts`, `aos alerts ack <id>`, `aos alerts mute <id>`. */
export function addAlerts({ program, text, act }: Kit): void {
  command(program, "repairs", text.command.repairs).action(act(repairs));
  const alerts = command(program, "alerts", text.command.alerts).action(act(list));
  command(alerts, "ack", text.command.alertsAck).argument("<id>", text.option.id).action(act(acknowledge));
  command(alerts, "mute", text.command.alertsMute)
    .argument("<id>", text.option.id)
    .option("--minutes <minutes>", text.option.minutes, minutes, 60)
    .action(act<{ minutes: number }>(mute));
}

function minutes(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > mostMinutes) throw new InvalidArgumentError(`0 – ${mostMinutes}`);
  return value;
}

async function repairs(session: Session): Promise<void> {
  const { text, words } = session.tongue;
  const rack = await session.ask((aosd, options) => aosd.rack.snapshot(undefined, options));
  session.show({ at: rack.at, repairs: rack.repairs }, () => {
    if (rack.repairs.length === 0) return text.say.noRepairs;
    return rack.repairs
      .map((repair) => {
        const params = named(repair, rack.nodes);
        return `• ${clean(fill(words.repair[repair.code].title, params))}\n  ${session.paint(clean(fill(words.repair[repair.code].fix, params)), "quiet")}`;
      })
      .join("\n");
  });
}

async function list(session: Session): Promise<void> {
  const rack = await session.ask((aosd, options) => aosd.rack.snapshot(undefined, options));
  const { text, language, words } = session.tongue;
  session.show({ at: rack.at, alerts: rack.alerts }, () => {
    if (rack.alerts.length === 0) return text.say.noAlerts;
    const rows = rack.alerts.map((alert) => [
      session.paint(words.severity[alert.severity], alert.severity === "failure" ? "failure" : "attention"),
      clean(fill(words.alert[alert.code].title, named(alert, rack.nodes))),
      age(alert.forMs, language),
      standing(alert, session.tongue),
      clean(alert.id),
    ]);
    return table([text.head.state, text.head.what, text.head.since, "", text.head.id], rows);
  });
}

async function acknowledge(session: Session, [id = ""]: readonly string[]): Promise<void> {
  const alert = await session.ask((aosd, options) => aosd.rack.alert.acknowledge({ id }, options));
  session.show({ alert }, () => session.tongue.text.say.acknowledged);
}

async function mute(session: Session, [id = ""]: readonly string[], options: { minutes: number }): Promise<void> {
  const { text, language } = session.tongue;
  const alert = await session.ask((aosd, call) => aosd.rack.alert.mute({ id, minutes: options.minutes }, call));
  session.show({ alert }, () => (options.minutes === 0 ? text.say.unmuted : fill(text.say.muted, { time: span(options.minutes * minute, language) })));
}

/** Params with the node's present name, which the words may ask for. */
function named(of: Alert | Repair, nodes: readonly NodeView[]): Record<string, string | number> {
  const node = nodes.find((one) => one.id === of.nodeId);
  return { ...(node === undefined ? {} : { name: node.name }), ...of.params };
}

function standing(alert: Alert, { text, language }: Tongue): string {
  if (alert.mutedForMs !== null) return fill(text.word.muted, { time: span(alert.mutedForMs, language) });
  return alert.acknowledged ? text.word.acknowledged : "";
}
