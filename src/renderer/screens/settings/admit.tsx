import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device } from "../../../contract/access.ts";
import type { PersonRole } from "../../../contract/roles.ts";
import { usePorts } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Choice } from "../../ui/radio.tsx";
import { useToast } from "../../ui/toast.tsx";

/** Choices of role, each with what it may do. */
export function RoleChoice({ legend, value, onChange }: { legend: string; value: PersonRole; onChange: (role: PersonRole) => void }) {
  const { words } = useLanguage();
  const roles: PersonRole[] = ["owner", "operator", "viewer", "installer", "support", "kiosk"];
  return (
    <Choice
      legend={legend}
      column
      value={value}
      onChange={onChange}
      options={roles.map((role) => ({ value: role, label: words.personRole[role], note: words.personRoleMeans[role] }))}
    />
  );
}

/** Lets a waiting device in. */
export function AdmitDialog({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const queries = useQueryClient();
  const say = useToast();
  const [role, setRole] = useState<PersonRole>(device.role);
  const admit = useMutation(
    query.access.device.admit.mutationOptions({
      onSuccess: async () => {
        say(t("settings.admitted", { name: device.name }));
        onClose();
        await queries.invalidateQueries({ queryKey: query.access.person.key() });
      },
    }),
  );
  return (
    <Dialog open onClose={onClose} wide title={t("settings.admitTitle", { name: device.name })}>
      <p className="mb-4 text-fg-2">{t("settings.admitBody")}</p>
      {device.fingerprint === null ? null : (
        <p className="mb-4">
          <Copyable text={device.fingerprint} name={t("node.fingerprint")} />
        </p>
      )}
      <RoleChoice legend={t("settings.admitAs")} value={role} onChange={setRole} />
      <FaultNote error={admit.error} className="mt-4" />
      <div className="mt-6 flex gap-2">
        <Button variant="main" onClick={() => admit.mutate({ id: device.id, role })}>
          {t("settings.admit")}
        </Button>
        <Button onClick={onClose}>{t("ui.cancel")}</Button>
      </div>
    </Dialog>
  );
}
