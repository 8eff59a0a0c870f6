import { useTranslation } from "react-i18next";
import { useConsole, useConsoleShallow, useStale } from "../../app/console.tsx";
import { known } from "../../app/format.ts";
import { useLanguage } from "../../app/language.tsx";
import type { ConsoleState } from "../../app/store.ts";
import { useFormat } from "../../app/use-format.ts";
import { Age } from "../../ui/age.tsx";
import { Section, Tag } from "../../ui/section.tsx";
import { firstCertificate, fullestDisk, hottest } from "./extremes.ts";
import type { ReactNode } from "react";

function Reading({ name, value, note, isUnknown = false }: { name: string; value: ReactNode; note: ReactNode; isUnknown?: boolean }) {
  const stale = useStale();
  return (
    <div className="border-b border-line py-3 pr-4">
      <dt className="text-second text-fg-2">{name}</dt>
      <dd className={`font-strong ${stale || isUnknown ? "text-fg-3" : ""}`}>{value}</dd>
      <dd className="text-second text-fg-3">{note}</dd>
    </div>
  );
}

const viewsOf = (state: ConsoleState) => state.order.flatMap((id) => state.nodes[id]?.view ?? []);
const flat = (found: { name: string; value: number } | null) => (found ? `${found.value.toFixed(1)}\n${found.name}` : "");

/** Six facts about the rack as it stands. */
export function Readings() {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const ups = useConsole((state) => state.rack?.ups);
  const receivedAt = useConsole((state) => (state.link.kind === "live" ? null : state.receivedAt));
  const facts = useConsoleShallow((state) => {
    const views = viewsOf(state);
    return {
      total: views.length,
      running: views.filter((view) => view.state === "online").length,
      disk: flat(fullestDisk(views)),
      heat: flat(hottest(views)),
      certificate: flat(firstCertificate(views)),
    };
  });
  if (!ups) return null;
  const read = (packed: string) => {
    const [value = "", name = ""] = packed.split("\n");
    return packed === "" ? null : { value: Number(value), name };
  };
  const [disk, heat, certificate] = [read(facts.disk), read(facts.heat), read(facts.certificate)];
  const hasUps = ups.state !== "none";
  const powerNote = !hasUps
    ? t("overview.sourceNote.none")
    : ups.state === "unreachable"
      ? t("overview.sourceNote.unreachable")
      : t("overview.sourceNote.load", { load: format.percent(ups.loadPercent), watts: format.watts(ups.powerW) });
  return (
    <Section title={t("overview.readings")} more={receivedAt === null ? undefined : <Age ms={0} receivedAt={receivedAt} />}>
      <dl className="grid grid-cols-3 max-full:grid-cols-2">
        <Reading
          name={t("overview.nodes")}
          value={t("overview.nodesValue", { running: facts.running, total: facts.total })}
          note={facts.running === facts.total ? t("overview.nodesAll") : t("overview.nodesSome")}
        />
        <Reading
          name={t("overview.source")}
          value={
            <>
              {hasUps ? words.upsState[ups.state] : t("power.noUps")} {ups.source === "simulated" ? <Tag>{t("shell.simulated")}</Tag> : null}
            </>
          }
          note={powerNote}
          isUnknown={ups.state === "unknown" || ups.state === "unreachable"}
        />
        <Reading
          name={t("overview.runtime")}
          value={known(ups.runtimeSeconds) ? format.duration(ups.runtimeSeconds * 1000) : words.unknown}
          note={hasUps ? t("overview.runtimeNote", { charge: format.percent(ups.chargePercent) }) : t("power.noUpsNote")}
          isUnknown={!known(ups.runtimeSeconds)}
        />
        <Reading name={t("overview.disk")} value={disk ? format.percent(disk.value) : words.unknown} note={disk?.name ?? ""} isUnknown={!disk} />
        <Reading
          name={t("overview.heat")}
          value={heat ? format.temperature(heat.value) : words.unknown}
          note={heat ? t("overview.heatNote", { name: heat.name }) : t("overview.heatNone")}
          isUnknown={!heat}
        />
        <Reading
          name={t("overview.certificate")}
          value={certificate ? format.day(certificate.value) : words.none}
          note={certificate ? t("overview.certificateNote", { name: certificate.name }) : t("overview.certificateNone")}
          isUnknown={!certificate}
        />
      </dl>
    </Section>
  );
}
