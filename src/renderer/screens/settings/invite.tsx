import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { usePorts } from "../../app/console.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { PersonForm } from "./person-form.tsx";

/** A one-time link, shown once, with how long it lasts. */
export function LinkBody({ url, expiresInMs, onDone }: { url: string; expiresInMs: number; onDone: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <p className="text-fg-2">{t("settings.linkWhy", { duration: format.duration(expiresInMs) })}</p>
      <p className="mt-4 border-l-3 border-line-2 py-1 pl-4 break-all">
        <Copyable text={url} name={t("settings.link")} />
      </p>
      <div className="mt-6">
        <Button variant="main" onClick={onDone}>
          {t("settings.done")}
        </Button>
      </div>
    </>
  );
}

function InviteForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const queries = useQueryClient();
  const invite = useMutation(
    query.access.person.invite.mutationOptions({ onSuccess: () => queries.invalidateQueries({ queryKey: query.access.person.key() }) }),
  );
  if (invite.data) {
    return (
      <>
        <p className="mb-2 font-strong">{t("settings.linkTitle", { name: invite.data.person.name })}</p>
        <LinkBody url={invite.data.link.url} expiresInMs={invite.data.link.expiresInMs} onDone={onClose} />
      </>
    );
  }
  return (
    <PersonForm
      start={{ name: "", role: "viewer" }}
      days={{ label: t("settings.inviteDays"), help: t("settings.inviteDaysHelp") }}
      submit={t("settings.inviteDo")}
      error={invite.error}
      onSubmit={(person) => invite.mutate(person)}
      onClose={onClose}
    />
  );
}

/** Invites a person: a name, a role, a time, and then a link to give. */
export function InviteDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onClose={onClose} wide title={t("settings.inviteTitle")}>
      <InviteForm onClose={onClose} />
    </Dialog>
  );
}
