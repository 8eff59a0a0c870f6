import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ShutdownPlan } from "../../../contract/rack.ts";
import { useMay, usePorts, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { Button } from "../../ui/button.tsx";
import { useTellFault } from "../../ui/fault-note.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";

/** What happens when mains comes back, in order. */
export function AfterReturn({ plan }: { plan: ShutdownPlan }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const steps = [
    t("power.backCharge", { percent: plan.settings.returnChargePercent }),
    t("power.backOrder", { order: plan.returnOrder.map((role) => words.nodeRoleShort[role]).join(" → ") }),
    t("power.backAgents"),
  ];
  return (
    <Section title={t("power.back")}>
      <ol className="rows">
        {steps.map((text, index) => (
          <li key={text} className="grid-cols-[20px_minmax(0,1fr)]">
            <span className="text-fg-3">{index + 1}</span>
            {text}
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** Saves a part of the plan and tells how that went. */
export function useSavePlan() {
  const { t } = useTranslation();
  const { query } = usePorts();
  const client = useQueryClient();
  const say = useToast();
  const tell = useTellFault();
  return useMutation(
    query.rack.plan.set.mutationOptions({
      onSuccess: (plan) => {
        client.setQueryData(query.rack.plan.get.queryKey(), plan);
        say(t("ui.saved"));
      },
      onError: (error) => say(tell(error).title),
    }),
  );
}

/** What an owner should know before the first power cut. */
export function Facts({ plan }: { plan: ShutdownPlan }) {
  const { t } = useTranslation();
  const may = useMay("owner");
  const stale = useStale();
  const save = useSavePlan();
  const quiesces = plan.settings.onShutdown === "quiesce";
  return (
    <Section title={t("power.know")}>
      <ul className="rows">
        <li className="grid-cols-[12px_minmax(0,1fr)_auto] gap-x-3.5! max-mid:grid-cols-[12px_minmax(0,1fr)]">
          <Glyph name={quiesces ? "done" : "attention"} className={`mt-1.5 self-start ${quiesces ? "" : "text-attention-mark"}`} />
          <div>
            <p>{quiesces ? t("power.macDone") : t("power.mac")}</p>
            <p className="text-second text-fg-2">{quiesces ? t("power.macDoneWhy") : t("power.macFix")}</p>
          </div>
          <span className="max-mid:col-start-2 max-mid:mt-2">
            <Button
              disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOwner")}
              onClick={() => save.mutate({ onShutdown: quiesces ? "power-off" : "quiesce" })}
            >
              {quiesces ? t("power.toPowerOff") : t("power.toQuiesce")}
            </Button>
          </span>
        </li>
      </ul>
    </Section>
  );
}
