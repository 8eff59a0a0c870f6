import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BreakerView } from "../../../contract/breaker.ts";
import { useBreakerStale, useConsole, useMay, useNow, usePorts } from "../../app/console.tsx";
import { useParticles } from "../../app/shell/breaker-sentence.ts";
import { useFormat } from "../../app/use-format.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { Section } from "../../ui/section.tsx";
import { SettleDialog } from "../../ui/settle-dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import { leftOf, rowsOf, type CheckRow } from "./checks-of.ts";

function Row({ mark, title, note, children }: { mark: "done" | "failed" | "todo"; title: ReactNode; note?: ReactNode; children?: ReactNode }) {
  const stale = useBreakerStale();
  const color = stale ? "text-fg-3" : mark === "failed" ? "text-stop-mark" : mark === "todo" ? "text-fg-2" : "";
  return (
    <li className="min-h-14! grid-cols-[12px_minmax(0,1fr)_auto] gap-x-3.5!">
      <Glyph name={mark === "todo" ? "off" : mark} className={`${note === undefined || note === null ? "self-center" : "mt-1.5 self-start"} ${color}`} />
      <div className={stale ? "text-fg-3" : ""}>
        <p className={mark === "done" ? "" : "font-strong"}>{title}</p>
        {note === undefined || note === null ? null : <p className={`text-second ${stale ? "" : "text-fg-2"}`}>{note}</p>}
      </div>
      {children}
    </li>
  );
}

function CheckedAge({ ageMs }: { ageMs: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const at = useConsole((state) => state.breakerAt) ?? now;
  if (ageMs === null) return null;
  return <>{t("breaker.checkedAge", { age: format.ago(ageMs + Math.max(0, now - at)) })}</>;
}

/** A node that doesn't answer can be taken out: one short question about what is on screen. */
function Exclude({ nodeId, name }: { nodeId: string; name: string }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const stale = useBreakerStale();
  const may = useMay("owner");
  const [asking, setAsking] = useState(false);
  const exclude = useMutation(query.breaker.exclude.mutationOptions({ onSuccess: () => setAsking(false) }));
  return (
    <>
      <Button disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOwner")} onClick={() => setAsking(true)}>
        {t("breaker.exclude", { name })}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t("breaker.excludeTitle", { name })}
        actions={
          <>
            <Button variant="main" onClick={() => exclude.mutate({ nodeId })}>
              {t("breaker.excludeDo")}
            </Button>
            <Button onClick={() => setAsking(false)}>{t("ui.cancel")}</Button>
          </>
        }
      >
        <p className="text-fg-2">{t("breaker.excludeBody")}</p>
        <FaultNote error={exclude.error} className="mt-4" />
      </Dialog>
    </>
  );
}

/** Opens the question what became of an act. */
function Settle({ act, what }: { act: string; what: string }) {
  const { t } = useTranslation();
  const stale = useBreakerStale();
  const may = useMay("operator");
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button
        aria-label={t("breaker.lookAt", { what })}
        disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOperator")}
        onClick={() => setAsking(true)}
      >
        {t("breaker.look")}
      </Button>
      {asking ? <SettleDialog act={act} what={what} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

/** One check in words, with its own fix. */
function Check({ row, view }: { row: CheckRow; view: BreakerView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { topic, subject } = useParticles();
  switch (row.kind) {
    case "button": {
      const { ok, why, ageMs } = row.check;
      if (ok) {
        const none = view.button.state === "none";
        return (
          <Row
            mark="done"
            title={t(none ? "breaker.check.button.none" : "breaker.check.button.ok")}
            note={none ? t("breaker.check.buttonNote.ok") : <CheckedAge ageMs={ageMs} />}
          />
        );
      }
      const is = why === "held" ? "held" : "silent";
      return <Row mark="failed" title={t(`breaker.check.button.${is}`)} note={t(`breaker.check.buttonNote.${is}`)} />;
    }
    case "disk": {
      const note = row.names.length > 0 ? row.names.join(" · ") : null;
      if (row.check.ok) return <Row mark="done" title={t("breaker.check.disk.ok")} note={note} />;
      const is = row.check.why === "disk-failed" ? "failed" : "writing";
      const about = t(`breaker.check.diskNote.${is}`);
      return <Row mark={is === "failed" ? "failed" : "todo"} title={t(`breaker.check.disk.${is}`)} note={note === null ? about : `${note} · ${about}`} />;
    }
    case "nodes":
      return (
        <Row
          mark="done"
          title={t(view.nodes.some((node) => node.state === "unconfirmed") ? "breaker.check.node.some" : "breaker.check.node.ok")}
          note={row.names.join(" · ")}
        />
      );
    case "node": {
      const { check, name } = row;
      if (check.why === "still-closing")
        return <Row mark="todo" title={t("breaker.check.node.closing", { name: topic(name) })} note={t("breaker.check.nodeNote.closing")} />;
      const title =
        check.ageMs === null
          ? t("breaker.check.node.goneNew", { name: subject(name) })
          : t("breaker.check.node.gone", { name: subject(name), duration: format.duration(check.ageMs) });
      return (
        <Row mark="failed" title={title} note={t("breaker.check.nodeNote.gone")}>
          {check.nodeId === null ? null : <Exclude nodeId={check.nodeId} name={name} />}
        </Row>
      );
    }
    case "outcome": {
      const { check } = row;
      if (check.ok) return <Row mark="done" title={t("breaker.check.outcome.ok")} />;
      const cut = view.interrupted.find((one) => one.act === check.act);
      const [agent, tool] = [cut?.agent ?? check.params["agent"], cut?.tool ?? check.params["tool"]];
      const what = [agent, tool].filter((part) => part !== undefined).join(" · ") || String(check.params["title"] ?? check.act ?? "");
      return (
        <Row mark="todo" title={t("breaker.check.outcome.unknown")} note={what}>
          {check.act === null ? null : <Settle act={check.act} what={what} />}
        </Row>
      );
    }
    case "log":
      if (row.check.ok) return <Row mark="done" title={t("breaker.check.log.ok")} />;
      return (
        <Row mark="failed" title={t("breaker.check.log.damaged")} note={t("breaker.check.logNote")}>
          <Link to="/activity" className={buttonClass()}>
            {t("breaker.seeLog")}
          </Link>
        </Row>
      );
  }
}

const fewWords = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"] as const;

/** Two acts that are never one: to take the stop off, and to start. */
function Acts({ view, left }: { view: BreakerView; left: number }) {
  const { t } = useTranslation();
  const { query, store, clock } = usePorts();
  const say = useToast();
  const stale = useBreakerStale();
  const may = useMay("owner");
  const take = (next: BreakerView) => store.setState({ breaker: next, breakerAt: clock.now() });
  const reset = useMutation(
    query.breaker.reset.mutationOptions({
      onSuccess: (next) => {
        take(next);
        say(t("breaker.resetDone"));
      },
    }),
  );
  const start = useMutation(
    query.breaker.start.mutationOptions({
      onSuccess: (next) => {
        take(next);
        say(t("breaker.started"));
      },
    }),
  );
  const few = fewWords[left - 1];
  const first = stale ? t("ui.notYet") : may ? null : t("ui.needsOwner");
  const wait = few === undefined ? t("breaker.resetWaitMany", { count: left }) : t("breaker.resetWait", { few: t(`units.few.${few}`) });
  const resetReason = first ?? (view.state === "run" ? t("breaker.resetRun") : view.state === "ready" ? t("breaker.resetReady") : view.mayReset ? null : wait);
  const startReason =
    first ??
    (view.state === "run"
      ? t("breaker.startRun")
      : view.mayStart
        ? null
        : view.state === "ready" && view.log === "damaged"
          ? t("breaker.startDamaged")
          : t("breaker.startWait"));
  const line = (label: string, reason: string | null, id: string, act: () => void) => (
    <>
      <Button size="large" variant={reason === null ? "main" : "plain"} disabledReason={reason} reasonId={id} onClick={act}>
        {label}
      </Button>
      <span id={id} className="text-second text-fg-2">
        {reason}
      </span>
    </>
  );
  return (
    <>
      <div className="grid grid-cols-[max-content_minmax(0,1fr)] items-center gap-x-4 gap-y-2 pt-4">
        {line(t("breaker.reset"), resetReason, "why-reset", () => reset.mutate({ epoch: view.epoch }))}
        {line(t("breaker.start"), startReason, "why-start", () => start.mutate({ epoch: view.epoch }))}
      </div>
      <FaultNote error={reset.error ?? start.error} className="mt-4" />
    </>
  );
}

/** What must hold before the stop is taken off, then the two buttons. */
export function ResetList({ view }: { view: BreakerView }) {
  const { t } = useTranslation();
  const rows = rowsOf(view);
  const left = leftOf(rows);
  return (
    <Section title={t("breaker.before")} count={left === 0 ? t("breaker.leftNone", { count: rows.length }) : t("breaker.left", { count: rows.length, left })}>
      <ul className="rows">
        {rows.map((row) => (
          <Check key={`${row.kind}-${row.kind === "nodes" ? "" : (row.check.nodeId ?? row.check.act ?? "")}`} row={row} view={view} />
        ))}
      </ul>
      <Acts view={view} left={left} />
    </Section>
  );
}

/** While it runs there is nothing to take off: what a stop would do stands there instead. */
export function WhenStopped() {
  const { t } = useTranslation();
  const items = ["gate", "processes", "late", "rest"] as const;
  return (
    <Section title={t("breaker.whenStopped")}>
      <ul className="rows">
        {items.map((item) => (
          <li key={item} className="grid-cols-[12px_minmax(0,1fr)] gap-x-3.5!">
            <Glyph name={item === "rest" ? "on" : "stopped"} className="text-fg-2" />
            <p>{t(`breaker.whenStoppedItems.${item}`)}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
