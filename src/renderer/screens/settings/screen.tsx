import { Link } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConsole, useMay, usePorts, useStale } from "../../app/console.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Section } from "../../ui/section.tsx";
import { About, Backup, Session } from "./about.tsx";
import { Doctor } from "./doctor.tsx";
import { InviteDialog } from "./invite.tsx";
import { PairingWindowSection } from "./pairing-window.tsx";
import { PeopleTable } from "./people-table.tsx";
import { RackForm } from "./rack-form.tsx";
import { ScreenChoices } from "./screen-choices.tsx";
import { TrustSteps } from "./trust-steps.tsx";

/** Who reaches this rack, and how this device shows it. */
export function SettingsScreen() {
  const { t } = useTranslation();
  const { query } = usePorts();
  const mayInvite = useMay("owner");
  const maySee = useMay("viewer");
  const stale = useStale();
  const noRack = useConsole((state) => state.link.kind === "no-rack");
  const [inviting, setInviting] = useState(false);
  const people = useQuery(query.access.person.list.queryOptions({ refetchInterval: 5000, enabled: maySee && !noRack }));
  const admitted = people.data?.devices.filter((device) => device.state === "admitted").length ?? 0;
  return (
    <div className="page">
      <div className="mb-6 flex items-end gap-6 max-mid:block">
        <div className="min-w-0 flex-1">
          <h1 className="text-title font-strong">
            {people.data ? t("settings.title", { people: people.data.people.length, devices: admitted }) : t("settings.titlePlain")}
          </h1>
          {people.data ? <p className="mt-1 text-fg-2">{t("settings.lead")}</p> : null}
        </div>
        {noRack ? null : (
          <div className="flex flex-wrap items-center gap-2 max-mid:mt-3">
            <Button variant="main" disabledReason={stale ? t("ui.notYet") : mayInvite ? null : t("ui.needsOwner")} onClick={() => setInviting(true)}>
              {t("settings.invite")}
            </Button>
            <Link to="/connect" className={buttonClass()}>
              {t("settings.connect")}
            </Link>
          </div>
        )}
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-14 gap-y-8 mid:grid-cols-[minmax(0,1fr)_264px] mid:max-full:gap-x-8 full:grid-cols-[minmax(0,1fr)_336px]">
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-8">
          {maySee && !noRack ? <PeopleTable data={people.data} error={people.error} isPending={people.isPending} /> : null}
          <PairingWindowSection />
          <Section title={t("settings.trust")} id="trust">
            <TrustSteps />
          </Section>
          <Doctor />
        </div>
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-8">
          <ScreenChoices />
          {noRack ? null : <RackForm />}
          <Session />
          <Backup />
          <About />
        </div>
      </div>
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
    </div>
  );
}
