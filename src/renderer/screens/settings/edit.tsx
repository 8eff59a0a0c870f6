import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Person } from "../../../contract/access.ts";
import type { PersonRole } from "../../../contract/roles.ts";
import { usePorts } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { RoleChoice } from "./admit.tsx";

/** Changes a person's name, role or time. It holds from that person's next request. */
export function EditDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const queries = useQueryClient();
  const say = useToast();
  const [name, setName] = useState<string>(person.name);
  const [role, setRole] = useState<PersonRole>(person.role);
  const [days, setDays] = useState("");
  const update = useMutation(
    query.access.person.update.mutationOptions({
      onSuccess: async () => {
        say(t("ui.saved"));
        onClose();
        await queries.invalidateQueries({ queryKey: query.access.person.key() });
      },
    }),
  );
  return (
    <Dialog open onClose={onClose} wide title={t("settings.editTitle", { name: person.name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate({ id: person.id, name, role, ...(days === "" ? {} : { days: Number(days) }) });
        }}
      >
        <Field label={t("settings.inviteName")} value={name} required maxLength={60} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        <div className="mt-4">
          <RoleChoice legend={t("settings.inviteRole")} value={role} onChange={setRole} />
        </div>
        <Field
          className="mt-4 max-w-60"
          label={t("settings.editDays")}
          help={t("settings.editDaysHelp")}
          type="number"
          min={1}
          max={365}
          unit={t("settings.days")}
          value={days}
          onChange={(event) => setDays(event.target.value)}
        />
        <FaultNote error={update.error} className="mt-4" />
        <div className="mt-6 flex gap-2">
          <Button type="submit" variant="main">
            {t("ui.save")}
          </Button>
          <Button onClick={onClose}>{t("ui.cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
