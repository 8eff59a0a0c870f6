import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AutonomyView, Level, LevelPreview, ReplayResult } from "../../../contract/breaker.ts";
import { useConsole, useMay, usePorts, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { CellView, useActTitle, Verdict } from "../../ui/acts.tsx";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useToast } from "../../ui/toast.tsx";

const days = 7;
const shownFirst = 5;
const fewWords = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"] as const;

function Change({ title, from, to }: { title: ReactNode; from: ReactNode; to: ReactNode }) {
  return (
    <li className="border-b border-line py-2.5">
      <p>{title}</p>
      <p className="flex flex-wrap items-center gap-2 text-second text-fg-2">
        {from}
        <ArrowRight size={14} strokeWidth={1.6} aria-hidden="true" />
        <span className="text-fg">{to}</span>
      </p>
    </li>
  );
}

function Pending({ preview }: { preview: LevelPreview }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const titleOf = useActTitle();
  const changed = preview.pending.filter((one) => one.before !== one.after);
  if (changed.length === 0) {
    return (
      <p className="mt-3 text-second text-fg-2">
        {preview.pending.length === 0 ? t("autonomy.pendingNone") : t("autonomy.pendingSame", { count: preview.pending.length })}
      </p>
    );
  }
  return (
    <>
      <h3 className="mt-5 border-b border-line pb-1.5 text-second text-fg-2">{t("autonomy.pending")}</h3>
      <ul>
        {changed.map((one) => (
          <Change
            key={one.id}
            title={
              <Link to="/approvals/$approvalId" params={{ approvalId: one.id }} className="link">
                {titleOf(one)}
              </Link>
            }
            from={<Verdict decision={one.before} />}
            to={
              <>
                <Verdict decision={one.after} /> <span className="text-fg-2">· {words.gateReason[one.reason]}</span>
              </>
            }
          />
        ))}
      </ul>
    </>
  );
}

function Sensitivity({ preview }: { preview: LevelPreview }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const { from, to } = preview.sensitivity;
  const scale = (value: number) => t("autonomy.panicScaleValue", { percent: format.number(Math.round(value * 100)) });
  const medium = from.mediumInjection !== to.mediumInjection;
  const panic = from.panicScale !== to.panicScale;
  if (!medium && !panic) return <p className="mt-3 text-second text-fg-2">{t("autonomy.sensitivitySame")}</p>;
  return (
    <>
      <h3 className="mt-5 border-b border-line pb-1.5 text-second text-fg-2">{t("autonomy.sensitivity")}</h3>
      <ul>
        {medium ? <Change title={t("autonomy.medium")} from={words.decision[from.mediumInjection]} to={words.decision[to.mediumInjection]} /> : null}
        {panic ? <Change title={t("autonomy.panicScale")} from={scale(from.panicScale)} to={scale(to.panicScale)} /> : null}
      </ul>
    </>
  );
}

/** What the recorded days would have been at the chosen level, in one sentence. */
function ReplayHead({ replay }: { replay: ReplayResult }) {
  const { t } = useTranslation();
  const format = useFormat();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const count = { days: replay.days };
  const said =
    replay.acts === 0
      ? t("autonomy.replayNone", count)
      : replay.unasked > 0
        ? t("autonomy.replayUnasked", { ...count, count: replay.unasked })
        : replay.held > 0
          ? t("autonomy.replayHeld", { ...count, count: replay.held })
          : t("autonomy.replaySame", { ...count, acts: replay.acts });
  return (
    <>
      <h3 className="mt-4 font-strong" data-testid="replay">
        {said}
      </h3>
      {replay.stopsAt === null ? null : <p className="text-second text-attention">{t("autonomy.replayStops", { when: format.when(replay.stopsAt, at) })}</p>}
    </>
  );
}

/** Each act that would have been judged otherwise; its line opens its record. */
function ReplayLines({ replay }: { replay: ReplayResult }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const titleOf = useActTitle();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const [all, setAll] = useState(false);
  // What would have gone another way comes before what would only have had another reason.
  const lines = replay.lines.toSorted((a, b) => Number(a.replayed === a.recorded) - Number(b.replayed === b.recorded));
  const shown = all ? lines : lines.slice(0, shownFirst);
  if (replay.acts === 0) return null;
  return (
    <>
      <h3 className="mt-6 border-b border-line pb-1.5 text-second text-fg-2">{t("autonomy.replay", { days: replay.days })}</h3>
      <ul aria-label={t("autonomy.replay", { days: replay.days })}>
        {shown.map((line) => (
          <Change
            key={line.act}
            title={
              <Link to="/activity" search={{ act: line.act }} className="link">
                {titleOf(line)}
              </Link>
            }
            from={
              <>
                <span className="text-fg-3">{format.brief(line.at, at)}</span> <Verdict decision={line.recorded} />
              </>
            }
            to={
              <>
                <Verdict decision={line.replayed} />
                {line.replayed === line.recorded ? <span className="text-fg-2"> · {words.gateReason[line.replayedReason]}</span> : null}
              </>
            }
          />
        ))}
      </ul>
      {!all && replay.lines.length > shownFirst ? (
        <Button variant="quiet" className="mt-2 -ml-2" onClick={() => setAll(true)}>
          {t("autonomy.replayMore", { count: replay.lines.length - shownFirst })}
        </Button>
      ) : null}
      <p className="mt-3 text-second text-fg-2">{t("autonomy.replayNote")}</p>
    </>
  );
}

/** Sets the level: the one thing on this page that changes anything. Lowering is an operator's, raising the owner's. */
function Decide({ view, chosen, onChoose }: { view: AutonomyView; chosen: Level; onChoose: (level: Level) => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const queries = useQueryClient();
  const say = useToast();
  const stale = useStale();
  const isOwner = useMay("owner");
  const isOperator = useMay("operator");
  const set = useMutation(
    query.breaker.autonomy.set.mutationOptions({
      onSuccess: async (next) => {
        queries.setQueryData(query.breaker.autonomy.get.queryKey(), next);
        say(t("autonomy.done", { level: next.level }));
        await queries.invalidateQueries({ queryKey: query.breaker.key() });
      },
    }),
  );
  const isRaise = chosen > view.level;
  const reason = stale
    ? t("ui.notYet")
    : isRaise && chosen > view.maxLevel
      ? t("autonomy.licence", { plan: view.plan, max: view.maxLevel })
      : isRaise && !isOwner
        ? t("ui.needsOwner")
        : isOperator
          ? null
          : t("ui.needsOperator");
  return (
    <>
      <FaultNote error={set.error} className="mt-4" />
      <div className="mt-5 flex flex-wrap gap-2">
        <Button variant="main" size="large" disabledReason={reason} onClick={() => set.mutate({ level: chosen })}>
          {t("autonomy.set", { level: chosen })}
        </Button>
        <Button size="large" onClick={() => onChoose(view.level)}>
          {t("autonomy.keep", { level: view.level })}
        </Button>
      </div>
    </>
  );
}

/** What would change with the chosen level, before it changes. */
export function Preview({ view, chosen, onChoose }: { view: AutonomyView; chosen: Level; onChoose: (level: Level) => void }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const { query } = usePorts();
  const isChange = chosen !== view.level;
  const preview = useQuery(query.breaker.autonomy.preview.queryOptions({ input: { level: chosen, days }, enabled: isChange }));
  const [own] = [view.sensitivity[view.level - 1]];
  if (!isChange) {
    return (
      <Section title={t("autonomy.nowTitle", { level: view.level })} className="preview">
        <p className="mt-3 text-second text-fg-2">{t("autonomy.nowNote")}</p>
        {own ? (
          <>
            <h3 className="mt-5 border-b border-line pb-1.5 text-second text-fg-2">{t("autonomy.nowSensitivity")}</h3>
            <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 text-small">
              <dt className="border-b border-line py-2.5">{t("autonomy.medium")}</dt>
              <dd className="border-b border-line py-2.5">{words.decision[own.mediumInjection]}</dd>
              <dt className="border-b border-line py-2.5">{t("autonomy.panicScale")}</dt>
              <dd className="border-b border-line py-2.5">{t("autonomy.panicScaleValue", { percent: format.number(Math.round(own.panicScale * 100)) })}</dd>
            </dl>
          </>
        ) : null}
        <p className="mt-3 text-second text-fg-2">
          {view.licenceProblem === null
            ? t("autonomy.licence", { plan: view.plan, max: view.maxLevel })
            : t("autonomy.licenceProblem", { problem: view.licenceProblem })}
        </p>
      </Section>
    );
  }
  const cells = preview.data?.cells ?? [];
  const few = fewWords[cells.length - 1];
  const changes =
    cells.length === 0
      ? t("autonomy.changesNone")
      : few === undefined
        ? t("autonomy.changesMany", { count: cells.length })
        : t("autonomy.changes", { few: t(`units.few.${few}`) });
  return (
    <Section title={t("autonomy.ifTitle", { level: chosen })} count={preview.data ? changes : undefined} className="preview">
      {preview.isPending ? <Skeleton rows={4} label={t("ui.loading")} /> : null}
      <FaultNote error={preview.error} className="mt-4" />
      {preview.data ? (
        <>
          <ul data-testid="cells">
            {cells.map((cell) => (
              <Change
                key={cell.class}
                title={words.actionClass[cell.class]}
                from={<CellView cell={cell.from} conditional={t("autonomy.conditional")} />}
                to={
                  <>
                    <CellView cell={cell.to} conditional={t("autonomy.conditional")} />
                    {cell.to.within === null ? null : <span className="ml-2 text-fg-2">{words.within[cell.to.within]}</span>}
                  </>
                }
              />
            ))}
          </ul>
          <Pending preview={preview.data} />
          <Sensitivity preview={preview.data} />
          <ReplayHead replay={preview.data.replay} />
          <Decide view={view} chosen={chosen} onChoose={onChoose} />
          <ReplayLines replay={preview.data.replay} />
        </>
      ) : null}
    </Section>
  );
}
