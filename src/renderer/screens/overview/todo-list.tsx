import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Stamp, Wrench } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Alert, Repair } from "../../../contract/rack.ts";
import { fill } from "../../../words/fill.ts";
import { useConsole, useMay, usePorts, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { useTellFault } from "../../ui/fault-note.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { EmptyState } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";
import type { Ask, Todo } from "./todo.ts";

const muteMinutes = 60;

function Row({ mark, title, note, children }: { mark: ReactNode; title: string; note: string; children?: ReactNode }) {
  return (
    <li className="max-mid:items-start! min-h-16! grid-cols-[20px_minmax(0,1fr)_auto] max-mid:min-h-14! max-mid:gap-x-3!">
      <span className="mt-1 grid w-4 place-items-center self-start">{mark}</span>
      <div>
        <p className="font-strong max-mid:text-small">{title}</p>
        <p className="text-second text-fg-2">{note}</p>
      </div>
      <div className="flex items-center gap-1 max-mid:flex-col max-mid:items-stretch">{children}</div>
    </li>
  );
}

/** The name a template asks for: the daemon's own, else the node's. */
function useParams(params: Repair["params"], nodeId: string | null) {
  const name = useConsole((state) => (nodeId === null ? undefined : state.nodes[nodeId]?.view.name));
  return name === undefined ? params : { name, ...params };
}

function AlertRow({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const { query } = usePorts();
  const format = useFormat();
  const say = useToast();
  const tell = useTellFault();
  const stale = useStale();
  const may = useMay("operator", ["installer"]);
  const params = useParams(alert.params, alert.nodeId);
  const acknowledge = useMutation(
    query.rack.alert.acknowledge.mutationOptions({
      onSuccess: () => say(t("overview.acknowledged")),
      onError: (error) => say(tell(error).title),
    }),
  );
  const mute = useMutation(
    query.rack.alert.mute.mutationOptions({ onSuccess: () => say(t("overview.mutedSaid")), onError: (error) => say(tell(error).title) }),
  );
  const told = words.alert[alert.code];
  const title = fill(told.title, params);
  const failed = alert.severity === "failure";
  return (
    <Row
      mark={<Glyph name={failed ? "failed" : "attention"} className={stale ? "text-fg-3" : failed ? "text-stop-mark" : "text-attention-mark"} />}
      title={title}
      note={t("overview.alertSince", { severity: words.severity[alert.severity], duration: format.duration(alert.forMs), todo: fill(told.todo, params) })}
    >
      {may && !stale ? (
        <>
          <Button variant="quiet" aria-label={t("overview.muteThing", { title })} onClick={() => mute.mutate({ id: alert.id, minutes: muteMinutes })}>
            {t("overview.mute")}
          </Button>
          <Button variant="quiet" aria-label={t("overview.acknowledgeThing", { title })} onClick={() => acknowledge.mutate({ id: alert.id })}>
            {t("overview.acknowledge")}
          </Button>
        </>
      ) : null}
      {alert.nodeId === null ? (
        <Link to="/power" className={buttonClass()} aria-label={`${t("overview.look")}: ${title}`}>
          {t("overview.look")}
        </Link>
      ) : (
        <Link to="/nodes/$nodeId" params={{ nodeId: alert.nodeId }} className={buttonClass()} aria-label={`${t("overview.look")}: ${title}`}>
          {t("overview.look")}
        </Link>
      )}
    </Row>
  );
}

function QuietRow({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const { query } = usePorts();
  const format = useFormat();
  const say = useToast();
  const tell = useTellFault();
  const stale = useStale();
  const may = useMay("operator", ["installer"]);
  const title = fill(words.alert[alert.code].title, useParams(alert.params, alert.nodeId));
  const again = useMutation(query.rack.alert.mute.mutationOptions({ onError: (error) => say(tell(error).title) }));
  const muted = alert.mutedForMs !== null;
  return (
    <li className="flex min-h-8 flex-wrap items-center gap-x-2 text-second text-fg-2">
      <span>{title}</span>
      <span className="text-fg-3">
        {alert.mutedForMs === null ? t("overview.seen") : t("overview.mutedFor", { duration: format.duration(alert.mutedForMs) })}
      </span>
      {muted && may && !stale ? (
        <Button variant="quiet" aria-label={t("overview.unmuteThing", { title })} onClick={() => again.mutate({ id: alert.id, minutes: 0 })}>
          {t("overview.unmute")}
        </Button>
      ) : null}
    </li>
  );
}

function RepairRow({ repair }: { repair: Repair }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const params = useParams(repair.params, repair.nodeId);
  const told = words.repair[repair.code];
  const title = fill(told.title, params);
  const text = words.repairFix[repair.fix];
  const link = { className: buttonClass(), "aria-label": `${text}: ${title}` };
  return (
    <Row
      mark={<Wrench size={16} strokeWidth={1.6} aria-hidden="true" className="text-fg-2" />}
      title={title}
      note={t("overview.repairNote", { fix: fill(told.fix, params) })}
    >
      {repair.fix === "by-hand" ? null : repair.fix === "open-node" && repair.nodeId !== null ? (
        <Link to="/nodes/$nodeId" params={{ nodeId: repair.nodeId }} {...link}>
          {text}
        </Link>
      ) : (
        <Link
          to={repair.fix === "open-power" ? "/power" : repair.fix === "open-connect" ? "/connect" : repair.fix === "open-settings" ? "/settings" : "/nodes"}
          {...link}
        >
          {text}
        </Link>
      )}
    </Row>
  );
}

/** What the breaker asks: each has its own screen. */
function AskRow({ ask }: { ask: Ask }) {
  const { t } = useTranslation();
  const stale = useStale();
  const grey = stale ? "text-fg-3" : "";
  const link = (to: "/breaker" | "/approvals" | "/activity", text: string, title: string) => (
    <Link to={to} className={buttonClass()} aria-label={`${text}: ${title}`}>
      {text}
    </Link>
  );
  switch (ask.what) {
    case "stopped":
    case "ready": {
      const title = t(ask.what === "stopped" ? "overview.stoppedTitle" : "overview.readyTitle");
      return (
        <Row
          mark={<Glyph name={ask.what} className={grey || (ask.what === "stopped" ? "text-stop-mark" : "")} />}
          title={title}
          note={t("overview.stoppedNote")}
        >
          {link("/breaker", t("overview.stoppedDo"), title)}
        </Row>
      );
    }
    case "log": {
      const title = t("overview.logDamaged");
      return (
        <Row mark={<Glyph name="failed" className={grey || "text-stop-mark"} />} title={title} note={t("overview.logDamagedNote")}>
          {link("/activity", t("overview.unknownDo"), title)}
        </Row>
      );
    }
    case "approvals": {
      const title = ask.count === 1 ? t("overview.approvalsOne") : t("overview.approvalsMany", { count: ask.count });
      return (
        <Row mark={<Stamp size={16} strokeWidth={1.6} aria-hidden="true" className={grey || "text-fg-2"} />} title={title} note={t("overview.approvalsNote")}>
          {link("/approvals", t("overview.approvalsDo"), title)}
        </Row>
      );
    }
    case "unknown": {
      const title = ask.count === 1 ? t("overview.unknownOne") : t("overview.unknownMany", { count: ask.count });
      return (
        <Row mark={<Glyph name="unknown" className="text-fg-3" />} title={title} note={t("overview.unknownNote")}>
          {link("/activity", t("overview.unknownDo"), title)}
        </Row>
      );
    }
  }
}

/** Alerts that were seen to: their cause lasts, so they don't vanish. */
export function QuietList({ alerts }: { alerts: readonly Alert[] }) {
  const { t } = useTranslation();
  if (alerts.length === 0) return null;
  return (
    <ul aria-label={t("overview.quiet")} className="pt-2">
      {alerts.map((alert) => (
        <QuietRow key={alert.id} alert={alert} />
      ))}
    </ul>
  );
}

/** What a person should look at, worst first. */
export function TodoList({ todo, isQuiet = false }: { todo: readonly Todo[]; isQuiet?: boolean }) {
  const { t } = useTranslation();
  if (todo.length === 0) {
    return (
      <EmptyState title={t(isQuiet ? "overview.todoSeen" : "overview.todoEmpty")}>{t(isQuiet ? "overview.todoSeenWhy" : "overview.todoEmptyWhy")}</EmptyState>
    );
  }
  return (
    <ul className="rows max-mid:border-t max-mid:border-line-2">
      {todo.map((one) =>
        one.kind === "ask" ? (
          <AskRow key={one.ask.what} ask={one.ask} />
        ) : one.kind === "alert" ? (
          <AlertRow key={`a-${one.alert.id}`} alert={one.alert} />
        ) : (
          <RepairRow key={`r-${one.repair.id}`} repair={one.repair} />
        ),
      )}
    </ul>
  );
}
