import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LogCheck } from "../../../contract/breaker.ts";
import { useBreaker, useConsole, usePorts } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { PinNote } from "../../app/pin-note.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { State } from "../../ui/glyph.tsx";
import { EmptyState } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { ExportButton } from "./export.tsx";
import { Feed } from "./feed.tsx";
import { filterOf, startOfDay, type Choice, type Period } from "./filter.ts";
import { Filters } from "./filters.tsx";
import { Inspector } from "./inspector.tsx";

const pageSize = 50;
const askAgainMs = 5000;

function useTitle(period: Period, all: number | undefined, unknown: number): string {
  const { t } = useTranslation();
  const format = useFormat();
  if (all === undefined) return t("activity.title.loading");
  if (all === 0) return t(`activity.title.${period}None`);
  const n = format.count(all);
  if (unknown === 0) return t(`activity.title.${period}`, { n });
  const few =
    unknown === 1
      ? t("activity.fewUnknown.n1")
      : unknown === 2
        ? t("activity.fewUnknown.n2")
        : unknown === 3
          ? t("activity.fewUnknown.n3")
          : t("activity.fewUnknown.many", { n: unknown });
  return t(`activity.title.${period}Unknown`, { n, few });
}

/** Whether the log's chain holds, and when somebody last looked. */
function Chain({ log }: { log: { rows: number; check: LogCheck | null } | undefined }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const { query } = usePorts();
  const queries = useQueryClient();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const verify = useMutation(
    query.breaker.activity.verify.mutationOptions({ onSettled: () => queries.invalidateQueries({ queryKey: query.breaker.activity.key() }) }),
  );
  if (!log) return null;
  const check = verify.data && verify.data.at >= (log.check?.at ?? 0) ? verify.data : log.check;
  const when = check ? format.brief(check.at, at) : "";
  const text = !check
    ? t("activity.chain.never", { rows: format.count(log.rows) })
    : check.ok
      ? t("activity.chain.ok", { rows: format.count(check.rows), when })
      : check.bad
        ? t("activity.chain.bad", { seq: format.count(check.bad.seq), problem: words.logProblem[check.bad.kind], when })
        : t("activity.chain.badUnknown", { when });
  return (
    <>
      <p className="mt-1 flex flex-wrap items-center gap-x-2" data-testid="chain">
        <State glyph={!check ? "unknown" : check.ok ? "done" : "failed"} className={check?.ok === true ? "text-fg-2" : ""}>
          {text}
        </State>
        <button type="button" className="link min-h-6 text-second underline underline-offset-3" aria-busy={verify.isPending} onClick={() => verify.mutate({})}>
          {t(verify.isPending ? "activity.chain.working" : "activity.chain.again")}
        </button>
      </p>
      <FaultNote error={verify.error} className="mt-3" />
    </>
  );
}

/** "Who did that?" */
export function ActivityScreen() {
  const { t } = useTranslation();
  const format = useFormat();
  const { query } = usePorts();
  const navigate = useNavigate();
  const params = useParams({ strict: false });
  const search: { act?: unknown } = useSearch({ strict: false });
  const act = typeof search.act === "string" || typeof search.act === "number" ? String(search.act) : null;
  const here = params.seq === undefined ? null : Number(params.seq);
  const breakerAt = useBreaker()?.at;
  const rackAt = useConsole((state) => state.rackAt);
  // The day changes at midnight only: the feed must not be asked for anew with each heartbeat.
  const today = startOfDay(breakerAt ?? rackAt ?? 0);
  const [own, setOwn] = useState<Omit<Choice, "act">>({ text: "", period: "today", actor: "", kind: "", tab: "all" });
  const text = useDeferredValue(own.text);
  const choice: Choice = { ...own, text, act };
  const filter = filterOf(choice, today);
  const feed = useInfiniteQuery(
    query.breaker.activity.list.infiniteOptions({
      input: (before: number | undefined) => ({ filter, limit: pageSize, ...(before === undefined ? {} : { before }) }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next ?? undefined,
      refetchInterval: askAgainMs,
      placeholderData: (before) => before,
    }),
  );
  const first = feed.data?.pages[0];
  const entries = feed.data?.pages.flatMap((page) => page.entries) ?? [];
  const title = useTitle(own.period, first?.counts.all, first?.counts.unknown ?? 0);
  const isFiltered = own.text !== "" || own.actor !== "" || own.kind !== "" || own.tab !== "all" || act !== null;
  const change = (part: Partial<Choice>) => setOwn((before) => ({ ...before, ...part }));
  return (
    <div className="page">
      <div className={`mb-6 flex items-end gap-6 max-mid:block ${here === null ? "" : "max-mid:mb-0"}`}>
        <div className="min-w-0 flex-1">
          <h1 className={`text-title font-strong ${here === null ? "" : "max-mid:sr-only"}`}>{title}</h1>
          <div className={here === null ? "" : "max-mid:hidden"}>
            <Chain log={first?.log} />
          </div>
        </div>
        <div className={`max-mid:mt-3 ${here === null ? "" : "max-mid:hidden"}`}>
          <ExportButton />
        </div>
      </div>
      <PinNote />
      <div className="mem">
        <div className={`min-w-0 ${here === null ? "" : "max-mid:hidden"}`}>
          <Filters choice={{ ...own, act }} onChange={change} actors={first?.actors ?? []} counts={first?.counts} />
          {act === null ? null : (
            <p className="mt-3 text-second text-fg-2">
              {t("activity.onlyAct")}{" "}
              <Link to="/activity" search={{}} className="link">
                {t("activity.onlyActAll")}
              </Link>
            </p>
          )}
          {feed.isPending ? <Skeleton rows={8} label={t("ui.loading")} /> : null}
          <FaultNote error={feed.error} className="mt-4" />
          {first && entries.length === 0 ? (
            <EmptyState
              title={t(isFiltered ? "activity.empty" : "activity.emptyLog")}
              action={
                isFiltered ? (
                  <Button
                    onClick={() => {
                      setOwn({ text: "", period: "all", actor: "", kind: "", tab: "all" });
                      if (act !== null) void navigate({ to: "/activity", search: {} });
                    }}
                  >
                    {t("activity.emptyDo")}
                  </Button>
                ) : undefined
              }
            >
              {t(isFiltered ? "activity.emptyWhy" : "activity.emptyLogWhy")}
            </EmptyState>
          ) : null}
          {entries.length > 0 ? (
            <>
              <Feed entries={entries} here={here} />
              <p className="mt-3 flex flex-wrap items-center gap-x-3 text-second text-fg-2">
                {t(feed.hasNextPage ? "activity.shown" : "activity.shownAll", { n: format.count(entries.length) })}
                {feed.hasNextPage ? (
                  <Button variant="quiet" onClick={() => void feed.fetchNextPage()}>
                    {t(feed.isFetchingNextPage ? "ui.loading" : "ui.more")}
                  </Button>
                ) : null}
              </p>
            </>
          ) : null}
        </div>
        <aside className={`insp ${here === null ? "max-mid:hidden" : ""}`} aria-label={t("activity.facts.who")}>
          {here === null ? (
            <p className="text-second text-fg-2">{t("activity.pick")}</p>
          ) : (
            <>
              <p className="mb-4 text-second mid:hidden">
                <Link to="/activity" search={true} className="link">
                  {t("activity.back")}
                </Link>
              </p>
              <Inspector seq={here} check={first?.log.check ?? null} />
            </>
          )}
        </aside>
      </div>
    </div>
  );
}
