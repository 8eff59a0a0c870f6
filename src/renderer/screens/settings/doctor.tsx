import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Check } from "../../../contract/rack.ts";
import { useConsole, useMay, usePorts, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { State } from "../../ui/glyph.tsx";
import { saveFile } from "../../ui/save.ts";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useToast } from "../../ui/toast.tsx";

const codes = ["daemon", "lan-listener", "discovery", "certificate", "ups", "disk", "console-built"] as const;
type Code = (typeof codes)[number];
const glyphs = { yes: "done", no: "attention", unknown: "unknown" } as const;

function CheckRow({ check }: { check: Check }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  // A check that is newer than this console shows its code.
  const code = codes.find((one): one is Code => one === check.code);
  return (
    <li className="min-h-10! grid-cols-[minmax(0,1fr)_auto] py-2!">
      <span className="text-small">{code === undefined ? check.code : t(`settings.check.${code}`)}</span>
      <span className="text-second">
        <State glyph={glyphs[check.ok]}>{check.ok === "unknown" ? words.unknown : t(`settings.checkIs.${check.ok}`)}</State>
      </span>
    </li>
  );
}

/** What a person would check first, and the bundle that a helper asks for. */
export function Doctor() {
  const { t } = useTranslation();
  const { query, client } = usePorts();
  const say = useToast();
  const stale = useStale();
  const maySee = useMay("viewer", ["support", "installer"]);
  const mayBundle = useMay("operator", ["installer", "support"]);
  const name = useConsole((state) => state.me?.aosd.name ?? "aosd");
  const doctor = useQuery(query.rack.doctor.queryOptions({ enabled: maySee, refetchInterval: 30_000 }));
  const bundle = useMutation({
    mutationFn: () => client.rack.supportBundle(),
    onSuccess: ({ files }) => {
      saveFile("aos-support.json", [`${JSON.stringify({ files }, null, 2)}\n`]);
      say(t("settings.bundleSaved", { count: files.length }));
    },
  });
  return (
    <Section
      title={t("settings.doctor")}
      more={
        <button type="button" className="link min-h-6" onClick={() => void doctor.refetch()} aria-busy={doctor.isFetching}>
          {t("settings.doctorAgain")}
        </button>
      }
    >
      {doctor.isPending && maySee ? <Skeleton rows={3} label={t("ui.loading")} /> : null}
      {doctor.data ? (
        <ul className="rows" aria-label={t("settings.doctorOf", { name })}>
          {doctor.data.checks.map((check) => (
            <CheckRow key={check.code} check={check} />
          ))}
        </ul>
      ) : null}
      <p className="mt-3 text-second text-fg-2">{t("settings.bundleWhy")}</p>
      <FaultNote error={doctor.error ?? bundle.error} className="mt-3" />
      <div className="mt-3">
        <Button
          disabledReason={stale ? t("ui.notYet") : mayBundle ? (bundle.isPending ? t("settings.bundleWorking") : null) : t("ui.needsOperator")}
          onClick={() => bundle.mutate()}
        >
          {t("settings.bundle")}
        </Button>
      </div>
    </Section>
  );
}
