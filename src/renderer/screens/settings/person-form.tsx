import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PersonRole } from "../../../contract/roles.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { RoleChoice } from "./admit.tsx";

interface Props {
  start: { name: string; role: PersonRole };
  days: { label: string; help: string };
  submit: string;
  error: unknown;
  /** `days` is null where the field was left empty. */
  onSubmit(person: { name: string; role: PersonRole; days: number | null }): void;
  onClose(): void;
}

/** A person's name, role and time: for inviting one and for changing one. */
export function PersonForm({ start, days: daysText, submit, error, onSubmit, onClose }: Props) {
  const { t } = useTranslation();
  const [name, setName] = useState(start.name);
  const [role, setRole] = useState(start.role);
  const [days, setDays] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit({ name, role, days: days === "" ? null : Number(days) });
      }}
    >
      <Field label={t("settings.inviteName")} value={name} required maxLength={60} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      <div className="mt-4">
        <RoleChoice legend={t("settings.inviteRole")} value={role} onChange={setRole} />
      </div>
      <Field
        className="mt-4 max-w-60"
        label={daysText.label}
        help={daysText.help}
        type="number"
        min={1}
        max={365}
        unit={t("settings.days")}
        value={days}
        onChange={(event) => setDays(event.target.value)}
      />
      <FaultNote error={error} className="mt-4" />
      <div className="mt-6 flex gap-2">
        <Button type="submit" variant="main">
          {submit}
        </Button>
        <Button onClick={onClose}>{t("ui.cancel")}</Button>
      </div>
    </form>
  );
}
