import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ShutdownPlan, UpsView } from "../../../contract/rack.ts";
import { useConsole, usePorts, useStale } from "../../app/console.tsx";
import { known } from "../../app/format.ts";
import { useFormat } from "../../app/use-format.ts";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { AfterReturn, Facts } from "./facts.tsx";
import { PlanForm } from "./plan-form.tsx";
import { PlanView } from "./plan-view.tsx";
import { UpsReadings } from "./ups-readings.tsx";

function useTitle(ups: UpsView, plan: ShutdownPlan | undefined): string {
  const { t } = useTranslation();
  const format = useFormat();
  if (useStale()) return t("power.title.stale");
  switch (ups.state) {
    case "none":
      return t("power.title.none");
    case "on-battery":
      return t("power.title.battery");
    case "low-battery":
      return t("power.title.low");
    case "unreachable":
      return t("power.title.unreachable");
    case "unknown":
      return t("power.title.unknown");
    case "on-line":
      return plan && known(plan.endsAtSeconds) ? t("power.title.ends", { duration: format.duration(plan.endsAtSeconds * 1000) }) : t("power.title.unknown");
  }
}

function Loaded({ ups }: { ups: UpsView }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const plan = useQuery(query.rack.plan.get.queryOptions({ refetchInterval: ups.state === "on-line" ? 15_000 : 2_000 }));
  const title = useTitle(ups, plan.data);
  return (
    <div className="page">
      <h1 className="mb-6 text-title font-strong">{title}</h1>
      <UpsReadings ups={ups} />
      {plan.data && !plan.data.carriedOut ? (
        <div className="mt-6 flex gap-3.5 border-l-3 border-attention-mark py-0.5 pl-4">
          <Glyph name="attention" className="mt-1.5 text-attention-mark" />
          <div>
            <p className="font-strong">{t("power.notBuilt")}</p>
            <p className="text-second text-fg-2">{t("power.notBuiltWhy")}</p>
          </div>
        </div>
      ) : null}
      {plan.isError ? <FaultNote error={plan.error} className="mt-8" /> : null}
      {plan.isPending ? (
        <Section title={t("power.plan")} className="mt-8">
          <Skeleton rows={4} label={t("ui.loading")} />
        </Section>
      ) : null}
      {plan.data ? (
        <>
          <PlanView plan={plan.data} />
          <div className="mt-8 grid grid-cols-2 items-start gap-x-14 gap-y-8 max-full:gap-x-8 max-mid:grid-cols-1">
            <AfterReturn plan={plan.data} />
            <Facts plan={plan.data} />
          </div>
          <PlanForm key={JSON.stringify(plan.data.settings)} settings={plan.data.settings} />
        </>
      ) : null}
    </div>
  );
}

/** Trusting that a power cut ends cleanly; and, in this version, knowing that nothing carries it out yet. */
export function PowerScreen() {
  const ups = useConsole((state) => state.rack?.ups);
  return ups ? <Loaded ups={ups} /> : null;
}
