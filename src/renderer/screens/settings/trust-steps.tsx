import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePorts } from "../../app/console.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Facets } from "../../ui/radio.tsx";
import { EmptyState } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";

type System = "ios" | "android" | "mac" | "windows";
const systems: readonly System[] = ["ios", "android", "mac", "windows"];

const guess = (agent: string): System =>
  /iPhone|iPad/.test(agent) ? "ios" : /Android/.test(agent) ? "android" : /Windows/.test(agent) ? "windows" : /Mac/.test(agent) ? "mac" : "ios";
const withTrust = (address: string) => `${/^https?:/.test(address) ? address.replace(/\/$/, "") : `https://${address}`}/trust`;

/** How a phone or computer comes to trust the rack's certificate, per system; begins with the system that asks. */
export function TrustSteps() {
  const { t } = useTranslation();
  const { query, desktop } = usePorts();
  const [system, setSystem] = useState<System>(() => guess(navigator.userAgent));
  const trust = useQuery(query.access.trust.queryOptions());
  const steps = [t(`settings.${system}.steps.first`), t(`settings.${system}.steps.second`), t(`settings.${system}.steps.third`)];
  return (
    <>
      <Facets
        legend={t("settings.trustOs")}
        value={system}
        onChange={setSystem}
        options={systems.map((one) => ({ value: one, label: t(`settings.${one}.name`) }))}
      />
      <FaultNote error={trust.error} className="mt-4" />
      {trust.isPending ? <Skeleton rows={2} label={t("ui.loading")} /> : null}
      {trust.data && trust.data.ca === null ? <EmptyState title={t("settings.trustNoCa")} /> : null}
      {trust.data && trust.data.ca !== null ? (
        <>
          <ol className="howto py-2">
            {steps.map((text) => (
              <li key={text}>
                <span>{text}</span>
              </li>
            ))}
          </ol>
          <dl className="grid grid-cols-[104px_minmax(0,1fr)] gap-x-6 gap-y-2 border-t border-line pt-3 text-small">
            <dt className="text-fg-2">{t("settings.trustAddress")}</dt>
            <dd>
              {trust.data.addresses.length === 0 ? <span className="text-fg-3">{t("settings.trustAddressNone")}</span> : null}
              {trust.data.addresses.map((address) => (
                <Copyable key={address} className="block" text={withTrust(address)} name={t("settings.trustAddress")} />
              ))}
            </dd>
            {trust.data.fingerprint === null ? null : (
              <>
                <dt className="text-fg-2">{t("settings.trustFp")}</dt>
                <dd>
                  <Copyable text={trust.data.fingerprint} name={t("settings.trustFp")} />
                </dd>
              </>
            )}
          </dl>
          {desktop ? null : (
            <div className="mt-4">
              <a className={buttonClass()} href="/trust/ca.crt" download>
                {t("settings.trustDownload")}
              </a>
            </div>
          )}
        </>
      ) : null}
    </>
  );
}
