import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Approval, ApprovalsView } from "../../../contract/breaker.ts";
import { useBreaker, useConsole, useNow, usePorts, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { useActTitle } from "../../ui/acts.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Detail } from "./detail.tsx";
import { Grants, Notify } from "./grants.tsx";
import { leftOf, useApprovals } from "./wait.ts";

const fewWords = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"] as const;
const decidedFirst = 8;

function useTitle(count: number | undefined): string {
  const { t } = useTranslation();
  if (useStale() || count === undefined) return t(count === undefined ? "shell.approvals" : "approvals.title.stale");
  if (count === 0) return t("approvals.title.none");
  if (count === 1) return t("approvals.title.one");
  const few = fewWords[count - 1];
  return few === undefined ? t("approvals.title.many", { count }) : t("approvals.title.few", { few: t(`units.few.${few}`) });
}

function QueueRow({ approval, isHere, receivedAt }: { approval: Approval; isHere: boolean; receivedAt: number }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const titleOf = useActTitle();
  const now = useNow();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const left = leftOf(approval, now - receivedAt);
  const kind = words.actionClass[approval.class];
  const note =
    left === 0
      ? t("approvals.rowOver", { kind })
      : left === null
        ? kind
        : approval.mode === "draft"
          ? t("approvals.rowDraft", { kind, when: format.brief(at + left, at) })
          : t("approvals.rowLive", { kind, duration: format.duration(left) });
  return (
    <li>
      <Link to="/approvals/$approvalId" params={{ approvalId: approval.id }} aria-current={isHere ? "true" : undefined}>
        <p className="font-strong">{titleOf(approval)}</p>
        <p className="text-second text-fg-2">{note}</p>
      </Link>
    </li>
  );
}

function Decided({ view }: { view: ApprovalsView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const titleOf = useActTitle();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  return (
    <Section
      className="mt-8"
      title={t("approvals.decided")}
      more={
        <Link to="/activity" className="link">
          {t("approvals.seeLog")}
        </Link>
      }
    >
      {view.decided.length === 0 ? <EmptyState title={t("approvals.decidedNone")} /> : null}
      <ul className="rows">
        {view.decided.slice(0, decidedFirst).map((one) => (
          <li key={one.id} className="grid-cols-[minmax(0,1fr)_auto]">
            <Link to="/approvals/$approvalId" params={{ approvalId: one.id }} className="hover:underline hover:underline-offset-3">
              {titleOf(one)}
            </Link>
            <span className="text-second text-fg-2">
              {words.approvalState[one.state]} {one.decidedAt === null ? "" : format.brief(one.decidedAt, at)}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** An approval that the queue no longer holds, by its address. */
function Elsewhere({ id, receivedAt, view }: { id: string; receivedAt: number; view: ApprovalsView }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const found = useQuery(query.breaker.approvals.get.queryOptions({ input: { id }, retry: false }));
  if (found.data) return <Detail approval={found.data} waiting={view.waiting} receivedAt={receivedAt} />;
  if (found.isPending) return <Skeleton rows={4} label={t("ui.loading")} />;
  return <EmptyState title={t("approvals.gone")}>{t("approvals.goneNote")}</EmptyState>;
}

function Hasty() {
  const { t } = useTranslation();
  return (
    <div className="mb-6 flex gap-3.5 border-l-3 border-attention-mark py-0.5 pl-4" role="status">
      <Glyph name="attention" className="mt-1.5 text-attention-mark" />
      <div>
        <p className="font-strong">{t("approvals.hastyTitle")}</p>
        <p className="text-second text-fg-2">{t("approvals.hastyNote")}</p>
      </div>
    </div>
  );
}

/** Deciding rightly in five seconds. */
export function ApprovalsScreen() {
  const { t } = useTranslation();
  const { approvalId } = useParams({ strict: false });
  const { list, receivedAt } = useApprovals();
  const stale = useStale();
  const level = useBreaker()?.level;
  const view = list.data;
  const title = useTitle(view?.waiting.length);
  const shown = view && (approvalId === undefined ? view.waiting[0] : [...view.waiting, ...view.decided].find((one) => one.id === approvalId));
  return (
    <div className="page">
      <h1 className={`mb-6 text-title font-strong ${approvalId === undefined ? "" : "max-mid:sr-only"}`}>{title}</h1>
      {list.isPending ? <Skeleton rows={4} label={t("ui.loading")} /> : null}
      <FaultNote error={list.error} className="mb-6" />
      {view?.hasty === true ? <Hasty /> : null}
      {view ? (
        <div className="appr">
          <div className={`min-w-0 ${approvalId === undefined ? "" : "max-mid:hidden"}`}>
            <Section title={t("approvals.queue")} count={view.waiting.length} className={stale ? "text-fg-3" : ""}>
              {view.waiting.length === 0 ? (
                <EmptyState
                  title={t("approvals.empty")}
                  action={
                    <Link to="/autonomy" className={buttonClass()}>
                      {t("approvals.emptyDo")}
                    </Link>
                  }
                >
                  {level === undefined ? null : t("approvals.emptyWhy", { level })}
                </EmptyState>
              ) : (
                <ul className="pick">
                  {view.waiting.map((one) => (
                    <QueueRow key={one.id} approval={one} isHere={one.id === shown?.id} receivedAt={receivedAt} />
                  ))}
                </ul>
              )}
            </Section>
            <Decided view={view} />
            <Grants grants={view.grants} />
            <Notify />
          </div>
          <div className={`min-w-0 ${approvalId === undefined ? "max-mid:hidden" : ""}`}>
            {approvalId === undefined ? null : (
              <p className="mb-4 text-second mid:hidden">
                <Link to="/approvals" className="link">
                  {t("approvals.back")}
                </Link>
              </p>
            )}
            {shown ? <Detail approval={shown} waiting={view.waiting} receivedAt={receivedAt} /> : null}
            {!shown && approvalId !== undefined ? <Elsewhere id={approvalId} receivedAt={receivedAt} view={view} /> : null}
          </div>
        </div>
      ) : null}
    </div>
  );
}
