import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { PairingWindow } from "../../../contract/access.ts";
import { useConsole, useMay, useNow, usePorts, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { codeShown } from "../../ui/field.tsx";
import { Section } from "../../ui/section.tsx";

function Open({ window, askedAt }: { window: Extract<PairingWindow, { state: "open" }>; askedAt: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const left = Math.max(0, window.leftMs - Math.max(0, now - askedAt));
  return (
    <div className="pt-3" data-testid="pairing-code">
      <p className="text-reading leading-10 font-strong">
        <Copyable
          text={window.code}
          shown={codeShown(window.code)}
          name={t("settings.windowCode")}
          className="text-reading font-strong [&_button]:text-second [&_button]:font-regular"
        />
      </p>
      <p className="text-second text-fg-2">{t("settings.windowLeft", { duration: format.duration(left), tries: window.triesLeft })}</p>
      <p className="text-second text-fg-2">{t("settings.windowHow")}</p>
    </div>
  );
}

/** The pairing window of the node that this console talks to: opens it, shows its code, closes it. */
export function PairingWindowSection() {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const { query, clock } = usePorts();
  const queries = useQueryClient();
  const stale = useStale();
  const may = useMay("operator", ["installer"]);
  const name = useConsole((state) => state.me?.aosd.name ?? "");
  const options = query.access.window.get.queryOptions({ refetchInterval: 2000, enabled: may });
  const window = useQuery({ ...options, select: (data: PairingWindow) => ({ data, at: clock.now() }) });
  const settled = { onSuccess: (data: PairingWindow) => queries.setQueryData(options.queryKey, data) };
  const open = useMutation(query.access.window.open.mutationOptions(settled));
  const close = useMutation(query.access.window.close.mutationOptions(settled));
  const reason = stale ? t("ui.notYet") : may ? null : t("ui.needsOperator");
  const shown = window.data?.data;
  return (
    <Section title={t("settings.window")} more={shown ? words.pairing[shown.state] : undefined}>
      {shown?.state === "open" && window.data ? (
        <Open window={shown} askedAt={window.data.at} />
      ) : (
        <p className="pt-2.5 text-second text-fg-2">{t("settings.windowWhy", { name })}</p>
      )}
      {shown?.state === "closed" && shown.reason !== "never-opened" ? <p className="text-second text-fg-2">{words.windowReason[shown.reason]}</p> : null}
      <FaultNote error={window.error ?? open.error ?? close.error} className="mt-3" />
      <div className="mt-3 flex flex-wrap gap-2">
        {shown?.state === "open" ? (
          <Button disabledReason={reason} onClick={() => close.mutate({})}>
            {t("settings.windowClose")}
          </Button>
        ) : (
          <Button disabledReason={reason} onClick={() => open.mutate({})}>
            {t("settings.windowOpen")}
          </Button>
        )}
      </div>
    </Section>
  );
}
