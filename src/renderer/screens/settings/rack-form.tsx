import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RackSettings } from "../../../contract/rack.ts";
import { useConsole, useMay, usePorts, useStale } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/radio.tsx";
import { Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";

function Form({ settings }: { settings: RackSettings }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const say = useToast();
  const may = useMay("owner");
  const stale = useStale();
  const [name, setName] = useState(settings.name);
  const [units, setUnits] = useState(String(settings.units));
  const [numberedFrom, setNumberedFrom] = useState(settings.numberedFrom);
  const save = useMutation(query.rack.settings.set.mutationOptions({ onSuccess: () => say(t("ui.saved")) }));
  return (
    <form
      className="pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ name, units: Number(units), numberedFrom });
      }}
    >
      <Field label={t("settings.rackName")} value={name} required maxLength={60} readOnly={!may} onChange={(event) => setName(event.target.value)} />
      <Field
        className="mt-3 mb-2 max-w-40"
        label={t("settings.units")}
        unit={t("settings.unitsUnit")}
        type="number"
        min={1}
        max={48}
        required
        readOnly={!may}
        value={units}
        onChange={(event) => setUnits(event.target.value)}
      />
      <Choice
        legend={t("settings.numbered")}
        value={numberedFrom}
        onChange={setNumberedFrom}
        options={[
          { value: "top", label: t("settings.top") },
          { value: "bottom", label: t("settings.bottom") },
        ]}
      />
      <FaultNote error={save.error} className="mt-3" />
      <div className="mt-3">
        <Button type="submit" disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOwner")}>
          {t("ui.save")}
        </Button>
      </div>
    </form>
  );
}

/** Name of the rack, its height, and which way its units count. */
export function RackForm() {
  const { t } = useTranslation();
  const settings = useConsole((state) => state.rack?.settings);
  if (!settings) return null;
  return (
    <Section title={t("settings.rack")}>
      <Form key={`${settings.name} ${settings.units} ${settings.numberedFrom}`} settings={settings} />
    </Section>
  );
}
