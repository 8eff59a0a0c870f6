import { useTranslation } from "react-i18next";
import type { NodeView } from "../../../contract/rack.ts";
import { useConsole, useNode, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Copyable } from "../../ui/copyable.tsx";
import { State } from "../../ui/glyph.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";

function Services({ services }: { services: NodeView["services"] }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const stale = useStale();
  return (
    <Section title={t("node.services")} className="mt-8">
      {services.length === 0 ? (
        <EmptyState title={t("node.noServices")} />
      ) : (
        <ul className="rows">
          {services.map((service) => (
            <li key={service.name} className="grid-cols-[minmax(0,1fr)_auto]">
              <span>{service.name}</span>
              <span className="text-second">
                <State glyph={stale ? "unknown" : service.state === "running" ? "on" : service.state === "failed" ? "failed" : "stopped"}>
                  {stale ? words.unknown : t("node.serviceFor", { state: words.serviceState[service.state], duration: format.duration(service.forMs) })}
                </State>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Certificate({ view }: { view: NodeView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rackAt = useConsole((state) => state.rackAt);
  return (
    <Section title={t("node.certificate")} className="mt-8">
      {view.certNotAfter === null ? (
        <p className="pt-2.5 text-fg-2">{t("node.certificateNone")}</p>
      ) : (
        <>
          <p className="pt-2.5">{t("node.certificateUntil", { day: format.day(view.certNotAfter) })}</p>
          {rackAt === null ? null : (
            <p className="text-second text-fg-2">{t("node.certificateLeft", { duration: format.duration(view.certNotAfter - rackAt) })}</p>
          )}
          {view.certFp === null ? null : (
            <Copyable className="mt-1 block text-second text-fg-2" text={view.certFp} shown={`${view.certFp.slice(0, 23)}…`} name={t("node.certificateFp")} />
          )}
        </>
      )}
    </Section>
  );
}

/** What stands under the rack: services, the last restart, the certificate. */
export function NodeAside({ id }: { id: string }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const view = useNode(id)?.view;
  if (!view) return null;
  return (
    <>
      <Services services={view.services} />
      <Section title={t("node.restart")} className="mt-8">
        {view.lastRestart ? (
          <>
            <p className="pt-2.5">{words.restartCause[view.lastRestart.cause]}</p>
            <p className="text-second text-fg-2">{format.stamp(view.lastRestart.at)}</p>
          </>
        ) : (
          <p className="pt-2.5 text-fg-2">{t("node.restartUnknown")}</p>
        )}
      </Section>
      <Certificate view={view} />
    </>
  );
}
