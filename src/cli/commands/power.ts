import type { NodeView, PlanStep } from "../../contract/rack.ts";
import { fill } from "../../words/index.ts";
import { command, type Kit } from "../kit.ts";
import type { Tongue } from "../language.ts";
import type { Session } from "../session.ts";
import { clean, sheet, table } from "../table.ts";
import { percent, show, span, watts } from "../units.ts";
import { ageText, rolesText } from "../values.ts";

/** `aos ups`, `aos plan`. */
export function addPower({ program, text, act }: Kit): void {
  command(program, "ups", text.command.ups).action(act(showUps));
  command(program, "plan", text.command.plan).action(act(showPlan));
}

async function showUps(session: Session): Promise<void> {
  const { tongue } = session;
  const { words, text, language } = tongue;
  const { ups, at } = await session.ask((aosd, options) => aosd.rack.snapshot(undefined, options));
  session.show({ at, ups }, () => {
    if (ups.state === "none") return text.say.noUps;
    const flags = ups.status.map((flag) => {
      const said = Object.entries(words.upsFlag).find(([known]) => known === flag)?.[1];
      return said === undefined ? clean(flag) : `${flag} ${said}`;
    });
    const rows: [string, string][] = [
      [text.head.state, ups.forMs === null ? words.upsState[ups.state] : `${words.upsState[ups.state]} · ${span(ups.forMs, language)}`],
      [text.head.flags, flags.join(" · ") || words.unknown],
      [text.head.charge, show(ups.chargePercent, words.unknown, (value) => percent(value, language))],
      [text.head.runtime, show(ups.runtimeSeconds, words.unknown, (value) => span(value * 1000, language))],
      [text.head.load, show(ups.loadPercent, words.unknown, (value) => percent(value, language))],
      [text.head.power, show(ups.powerW, words.unknown, (value) => watts(value, language))],
      [text.head.name, ups.name === null ? words.unknown : clean(ups.name)],
      [text.head.model, ups.model === "unknown" ? words.unknown : clean(ups.model)],
      [text.head.source, words.upsSource[ups.source]],
      [text.head.encrypted, ups.encrypted ? text.word.yes : text.word.no],
      [text.head.valuesAge, ageText(ups.ageMs, tongue)],
    ];
    const remarks = [
      ...(ups.lowBatteryBecause === null ? [] : [session.paint(words.lowBatteryBecause[ups.lowBatteryBecause], "failure")]),
      ...(ups.problem === null ? [] : [session.paint(words.upsProblem[ups.problem], "attention")]),
      ...(ups.source === "simulated" ? [text.say.simulatedUps] : []),
    ];
    return [sheet(rows), ...remarks].join("\n");
  });
}

async function showPlan(session: Session): Promise<void> {
  const { tongue } = session;
  const { words, text, language } = tongue;
  const plan = await session.ask((aosd, options) => aosd.rack.plan.get(undefined, options));
  const { nodes } = await session.ask((aosd, options) => aosd.rack.snapshot(undefined, options));
  session.show(plan, () => {
    const rows = plan.steps.map((step) => [when(step, tongue), words.planAct[step.act], target(step, nodes, tongue)]);
    const ends = plan.endsAtSeconds === "unknown" ? text.say.planEndsUnknown : fill(text.say.planEnds, { time: span(plan.endsAtSeconds * 1000, language) });
    return [
      table([text.head.when, text.head.act, text.head.target], rows),
      "",
      ends,
      ...(plan.noReturnAtSeconds === "unknown" ? [] : [fill(text.say.planNoReturn, { time: span(plan.noReturnAtSeconds * 1000, language) })]),
      fill(text.say.planReturn, { roles: plan.returnOrder.map((role) => words.nodeRoleShort[role]).join(" → "), percent: plan.settings.returnChargePercent }),
      ...(plan.carriedOut ? [] : [session.paint(text.say.planNotCarriedOut, "attention")]),
    ].join("\n");
  });
}

function when(step: PlanStep, { words, text, language }: Tongue): string {
  const parts = [
    ...(step.atSeconds === null ? [] : [`+${span(step.atSeconds * 1000, language)}`]),
    ...(step.runtimeBelowSeconds === null ? [] : [fill(text.word.runtimeBelow, { value: span(step.runtimeBelowSeconds * 1000, language) })]),
    words.planTrigger[step.trigger],
  ];
  return parts.join(" · ");
}

function target(step: PlanStep, nodes: readonly NodeView[], tongue: Tongue): string {
  const node = nodes.find((one) => one.id === step.nodeId);
  if (node !== undefined) return `${clean(node.name)} (${rolesText(node.roles, tongue)})`;
  return step.roles.length === 0 ? "" : rolesText(step.roles, tongue);
}
