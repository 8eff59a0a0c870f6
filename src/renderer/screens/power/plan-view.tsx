import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlanStep, ShutdownPlan } from "../../../contract/rack.ts";
import { useConsole, useConsoleShallow } from "../../app/console.tsx";
import { known } from "../../app/format.ts";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { EmptyState, Section } from "../../ui/section.tsx";
import { rolesText } from "../../ui/states.ts";
import { Table } from "../../ui/table.tsx";
import { Timeline } from "./timeline-drawing.tsx";
import { stepAt } from "./timeline.ts";

/** Names of the plan's nodes, by id. */
export function useNodeNames(): (id: string | null) => string | undefined {
  const names = useConsoleShallow((state) => Object.fromEntries(state.order.map((id) => [id, state.nodes[id]?.view.name ?? ""])));
  return (id) => (id === null ? undefined : names[id]);
}

/** When a step comes, in words. */
export function useWhen(): (step: PlanStep) => string {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  return (step) => {
    const at = stepAt(step);
    if (at !== null) return format.duration(at * 1000);
    if (step.runtimeBelowSeconds !== null) return t("power.runtimeBelow", { left: format.duration(step.runtimeBelowSeconds * 1000) });
    return words.planTrigger[step.trigger];
  };
}

function PlanTable({ plan }: { plan: ShutdownPlan }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const when = useWhen();
  const nameOf = useNodeNames();
  return (
    <Table
      label={t("power.plan")}
      head={
        <>
          <th scope="col">{t("power.when")}</th>
          <th scope="col">{t("power.what")}</th>
          <th scope="col">{t("power.who")}</th>
          <th scope="col">{t("power.why")}</th>
        </>
      }
    >
      {plan.steps.map((step) => (
        <tr key={step.id}>
          <th scope="row" className="whitespace-nowrap">
            {when(step)}
          </th>
          <td>{words.planAct[step.act]}</td>
          <td>
            {nameOf(step.nodeId) ?? (step.roles.length === 0 ? t("power.everyone") : "")}
            {step.roles.length === 0 ? null : <small>{rolesText(step.roles, words)}</small>}
          </td>
          <td>{words.planTrigger[step.trigger]}</td>
        </tr>
      ))}
    </Table>
  );
}

/** The plan before it is needed: drawn, and as a table. */
export function PlanView({ plan }: { plan: ShutdownPlan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [asTable, setAsTable] = useState(false);
  const noUps = useConsole((state) => state.rack?.ups.state === "none");
  if (plan.steps.length === 0) {
    return (
      <Section title={t("power.plan")} className="mt-8">
        <EmptyState title={t("power.noPlan")} />
      </Section>
    );
  }
  return (
    <Section
      title={t("power.plan")}
      count={t("power.planExpected")}
      className="mt-8"
      more={
        <button type="button" className="link min-h-6" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? t("ui.chartView") : t("ui.tableView")}
        </button>
      }
    >
      {asTable ? <PlanTable plan={plan} /> : <Timeline plan={plan} />}
      <p className="mt-3 text-second text-fg-2">
        {noUps
          ? t("power.noUpsPlan")
          : known(plan.noReturnAtSeconds)
            ? plan.noReturnAtSeconds === 0
              ? t("power.planNoteNow")
              : t("power.planNote", { when: format.duration(plan.noReturnAtSeconds * 1000) })
            : t("power.planNoteUnknown")}
      </p>
    </Section>
  );
}
