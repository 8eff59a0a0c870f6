import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlanSettings } from "../../../contract/rack.ts";
import { useMay, useStale } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Section } from "../../ui/section.tsx";
import { useSavePlan } from "./facts.tsx";

type NumberKey = Exclude<keyof PlanSettings, "onShutdown">;

const fields = [
  { key: "pauseAfterSeconds", label: "power.pauseAfter", unit: "power.secondsAfter", min: 0, max: 3600 },
  { key: "llmAfterSeconds", label: "power.llmAfter", unit: "power.secondsAfter", min: 0, max: 7200 },
  { key: "llmRuntimeBelowSeconds", label: "power.llmBelow", unit: "power.seconds", min: 60, max: 7200 },
  { key: "mainRuntimeBelowSeconds", label: "power.mainBelow", unit: "power.seconds", min: 60, max: 7200 },
  { key: "storageRuntimeBelowSeconds", label: "power.storageBelow", unit: "power.seconds", min: 60, max: 7200 },
  { key: "returnChargePercent", label: "power.returnCharge", unit: "power.percent", min: 0, max: 100 },
] as const satisfies readonly { key: NumberKey; label: string; unit: string; min: number; max: number }[];

/** The thresholds of the plan. The picture above follows once they are saved. */
export function PlanForm({ settings }: { settings: PlanSettings }) {
  const { t } = useTranslation();
  const may = useMay("owner");
  const stale = useStale();
  const save = useSavePlan();
  const [draft, setDraft] = useState<Record<NumberKey, string>>({
    pauseAfterSeconds: String(settings.pauseAfterSeconds),
    llmAfterSeconds: String(settings.llmAfterSeconds),
    llmRuntimeBelowSeconds: String(settings.llmRuntimeBelowSeconds),
    mainRuntimeBelowSeconds: String(settings.mainRuntimeBelowSeconds),
    storageRuntimeBelowSeconds: String(settings.storageRuntimeBelowSeconds),
    returnChargePercent: String(settings.returnChargePercent),
  });
  return (
    <Section title={t("power.settings")} className="mt-8">
      <form
        className="pt-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(Object.fromEntries(fields.map(({ key }) => [key, Number(draft[key])])));
        }}
      >
        <div className="grid grid-cols-3 items-end gap-x-8 gap-y-4 max-full:grid-cols-2 max-mid:grid-cols-1">
          {fields.map(({ key, label, unit, min, max }) => (
            <Field
              key={key}
              label={t(label)}
              unit={t(unit)}
              type="number"
              required
              min={min}
              max={max}
              value={draft[key]}
              readOnly={!may}
              onChange={(event) => setDraft({ ...draft, [key]: event.target.value })}
            />
          ))}
        </div>
        <p className="mt-3 text-second text-fg-2">{t("power.settingsHelp")}</p>
        <div className="mt-3">
          <Button type="submit" variant="main" disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOwner")}>
            {t("ui.save")}
          </Button>
        </div>
      </form>
    </Section>
  );
}
