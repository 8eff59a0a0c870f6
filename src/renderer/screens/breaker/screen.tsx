import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BreakerView, LatchState } from "../../../contract/breaker.ts";
import { useBreaker, useBreakerStale, useConsole, useMay, useNow, usePorts } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { PinNote } from "../../app/pin-note.tsx";
import type { GlyphName } from "../../app/status.ts";
import { useFormat } from "../../app/use-format.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useToast } from "../../ui/toast.tsx";
import { ButtonSection } from "./button-section.tsx";
import { ResetList, WhenStopped } from "./checks.tsx";
import { NodesTable } from "./nodes-table.tsx";
import { Panic } from "./panic.tsx";
import { Also, Facts, WhyForm } from "./why.tsx";

const glyphs: Record<LatchState, GlyphName> = { run: "on", stopped: "stopped", ready: "ready" };
const order = ["stopped", "ready", "run"] as const satisfies readonly LatchState[];

/** The three states in the order in which a stop ends; the present one says for how long. */
function Steps({ view }: { view: BreakerView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const now = useNow();
  const stale = useBreakerStale();
  const at = useConsole((state) => state.breakerAt) ?? now;
  const here = view.forMs === null ? t("breaker.hereNow") : t("breaker.here", { duration: format.duration(view.forMs + Math.max(0, now - at)) });
  return (
    <ol className="steps3 mb-8" aria-label={t("breaker.steps")} data-stale={stale || undefined}>
      {order.map((state) => (
        <li key={state} aria-current={state === view.state ? "step" : undefined} data-state={state}>
          <Glyph name={glyphs[state]} />
          <b className="font-strong">{words.latchState[state]}</b>
          <p>{state === view.state && !stale ? here : t(`breaker.step.${state}`)}</p>
        </li>
      ))}
    </ol>
  );
}

/** A log that can't be trusted: said loudly, with the one way on. */
function DamagedLog() {
  const { t } = useTranslation();
  const { query } = usePorts();
  const say = useToast();
  const may = useMay("owner");
  const stale = useBreakerStale();
  const [asking, setAsking] = useState(false);
  const seal = useMutation(
    query.breaker.activity.seal.mutationOptions({
      onSuccess: () => {
        setAsking(false);
        say(t("breaker.sealed"));
      },
    }),
  );
  return (
    <div className="mb-8 flex gap-3.5 border-l-3 border-stop-mark py-0.5 pl-4" role="alert">
      <Glyph name="failed" className="mt-1.5 text-stop-mark" />
      <div className="min-w-0">
        <p className="font-strong">{t("breaker.damagedTitle")}</p>
        <p className="text-second text-fg-2">{t("breaker.damagedNote")}</p>
        <div className="mt-3 flex flex-wrap gap-2">
          <Link to="/activity" className={buttonClass()}>
            {t("breaker.seeLog")}
          </Link>
          <Button disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOwner")} onClick={() => setAsking(true)}>
            {t("breaker.seal")}
          </Button>
        </div>
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t("breaker.sealTitle")}
        actions={
          <>
            <Button variant="main" onClick={() => seal.mutate({})}>
              {t("breaker.seal")}
            </Button>
            <Button onClick={() => setAsking(false)}>{t("ui.cancel")}</Button>
          </>
        }
      >
        <p className="text-fg-2">{t("breaker.sealBody")}</p>
        <FaultNote error={seal.error} className="mt-4" />
      </Dialog>
    </div>
  );
}

function Head({ view }: { view: BreakerView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const now = useNow();
  const stale = useBreakerStale();
  const at = useConsole((state) => state.breakerAt) ?? now;
  const [writing, setWriting] = useState(false);
  const means = view.state === "stopped" && view.cause === "boot" ? "boot" : view.state;
  return (
    <>
      <div className="mb-6 flex items-end gap-6 max-mid:block">
        <div className="min-w-0 flex-1">
          <h1 className="flex items-center gap-3.5 text-reading font-strong">
            <Glyph name={stale ? "unknown" : glyphs[view.state]} size={24} className={stale ? "text-fg-3" : view.state === "stopped" ? "text-stop-mark" : ""} />
            {stale ? t("breaker.unknownTitle") : words.latchState[view.state]}
          </h1>
          <p className="mt-1 text-fg-2">{stale ? t("breaker.staleNote", { age: format.ago(Math.max(0, now - at)) }) : t(`breaker.means.${means}`)}</p>
        </div>
        <Facts view={view} isWriting={writing} onWrite={() => setWriting((before) => !before)} />
      </div>
      {writing && view.state === "stopped" && !stale ? <WhyForm view={view} onDone={() => setWriting(false)} /> : null}
    </>
  );
}

/** Stopping in one action; restarting on purpose. */
export function BreakerScreen() {
  const { t } = useTranslation();
  const view = useBreaker();
  const silent = useConsole((state) => state.breakerSilent);
  if (!view) {
    return (
      <div className="page">
        <h1 className="text-title font-strong">{t(silent ? "breaker.unknownTitle" : "shell.breaker")}</h1>
        <p className="mt-1 mb-6 text-fg-2">{t("breaker.unknownNote")}</p>
        <Skeleton rows={5} label={t("ui.loading")} />
      </div>
    );
  }
  return (
    <div className="page">
      <Head view={view} />
      <PinNote />
      {view.log === "damaged" ? <DamagedLog /> : null}
      <Steps view={view} />
      <Also view={view} />
      <div className="grid grid-cols-2 items-start gap-x-14 gap-y-8 max-mid:grid-cols-1 mid:max-full:gap-x-8">
        {view.state === "run" ? <WhenStopped /> : <ResetList view={view} />}
        <NodesTable view={view} />
      </div>
      <Panic view={view} />
      <ButtonSection view={view} />
    </div>
  );
}
