import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Person } from "../../../contract/access.ts";
import { usePorts } from "../../app/console.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import { PersonForm } from "./person-form.tsx";

/** Changes a person's name, role or time. It holds from that person's next request. */
export function EditDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const queries = useQueryClient();
  const say = useToast();
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
      <PersonForm
        start={person}
        days={{ label: t("settings.editDays"), help: t("settings.editDaysHelp") }}
        submit={t("ui.save")}
        error={update.error}
        onSubmit={({ name, role, days }) => update.mutate({ id: person.id, name, role, ...(days === null ? {} : { days }) })}
        onClose={onClose}
      />
    </Dialog>
  );
}
