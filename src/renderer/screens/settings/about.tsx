import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { endSession } from "../../app/session.ts";
import { useConsole, useMay, usePorts } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";
import { LinkBody } from "./invite.tsx";

/** Which version answers. */
export function About() {
  const { t } = useTranslation();
  const aosd = useConsole((state) => state.me?.aosd);
  if (!aosd) return null;
  return (
    <Section title={t("settings.about")}>
      <p className="pt-2.5">{t("settings.version", { version: aosd.version })}</p>
      <p className="text-second text-fg-2">{t("settings.versionNote", { name: aosd.name, serial: aosd.serial })}</p>
      <p className="text-second text-fg-2">{t("settings.update")}</p>
    </Section>
  );
}

/** Said plainly: nothing is backed up in this version. */
export function Backup() {
  const { t } = useTranslation();
  return (
    <Section title={t("settings.backup")}>
      <EmptyState title={t("settings.backupNone")}>{t("settings.backupWhy")}</EmptyState>
    </Section>
  );
}

function Leave({ rackName }: { rackName: string }) {
  const { t } = useTranslation();
  const { query, relink } = usePorts();
  const say = useToast();
  const [asking, setAsking] = useState(false);
  const leave = useMutation(
    query.access.leave.mutationOptions({
      onSuccess: () => {
        setAsking(false);
        say(t("settings.leftRack"));
        relink();
      },
    }),
  );
  return (
    <>
      <Button variant="quiet" onClick={() => setAsking(true)}>
        {t("settings.leave")}
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title={t("settings.leaveTitle", { rack: rackName })}>
        <p className="text-fg-2">{t("settings.leaveBody")}</p>
        <FaultNote error={leave.error} className="mt-4" />
        <div className="mt-6 flex gap-2">
          <Button variant="main" onClick={() => leave.mutate({})}>
            {t("settings.leave")}
          </Button>
          <Button onClick={() => setAsking(false)}>{t("ui.cancel")}</Button>
        </div>
      </Dialog>
    </>
  );
}

/** A link for a further browser, and the way out of this one. */
export function Session() {
  const { t } = useTranslation();
  const { query, relink, desktop } = usePorts();
  const say = useToast();
  const may = useMay("viewer", ["installer", "support"]);
  const linked = useConsole((state) => state.me?.link?.rackName ?? null);
  const make = useMutation(query.access.session.link.mutationOptions());
  const leave = useMutation({
    mutationFn: endSession,
    onSuccess: () => {
      say(t("settings.signedOut"));
      relink();
    },
  });
  return (
    <Section title={t("settings.session")}>
      <p className="pt-2.5 text-second text-fg-2">{t("settings.sessionNote")}</p>
      <div className="flex flex-wrap gap-2 pt-2">
        <Button disabledReason={may ? null : t("ui.needsOwner")} onClick={() => make.mutate({})}>
          {t("settings.sessionDo")}
        </Button>
        {desktop ? null : (
          <Button variant="quiet" onClick={() => leave.mutate()}>
            {t("settings.signOut")}
          </Button>
        )}
        {linked === null ? null : <Leave rackName={linked} />}
      </div>
      <FaultNote error={make.error ?? leave.error} className="mt-4" />
      <Dialog open={make.data !== undefined} onClose={make.reset} wide title={t("settings.sessionTitle")}>
        {make.data ? <LinkBody url={make.data.url} expiresInMs={make.data.expiresInMs} onDone={make.reset} /> : null}
      </Dialog>
    </Section>
  );
}
