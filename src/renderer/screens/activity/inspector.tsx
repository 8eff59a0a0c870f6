import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ActivityEntry, LogCheck, LogRow } from "../../../contract/breaker.ts";
import { useConsole, useMay, usePorts, useStale } from "../../app/console.tsx";
import { useLanguage, type Words } from "../../app/language.tsx";
import { useParticles } from "../../app/shell/breaker-sentence.ts";
import type { GlyphName } from "../../app/status.ts";
import { useFormat } from "../../app/use-format.ts";
import { decisionGlyph, useActTitle } from "../../ui/acts.tsx";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { SettleDialog } from "../../ui/settle-dialog.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useToast } from "../../ui/toast.tsx";
import { outcomeGlyph } from "./feed.tsx";
import { bodyOf } from "./payload.ts";

const shortHash = (hash: string) => `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;
const isIn = <T extends object>(table: T, key: string | null | undefined): key is Extract<keyof T, string> =>
  typeof key === "string" && Object.hasOwn(table, key);
const textOf = (value: string | number | undefined) => (value === undefined ? null : String(value));

/** Shape and heading of a row, by its kind. What this console doesn't know yet is shown by its own name. */
function useRowHead(): (row: LogRow) => { glyph: GlyphName; text: string; note: string | null } {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const { subject } = useParticles();
  const because = (w: Words, row: LogRow) =>
    isIn(w.gateReason, row.reason) ? w.gateReason[row.reason] : isIn(w.tripCause, row.reason) ? w.tripCause[row.reason] : row.reason;
  const via = (row: LogRow) => (isIn(words.tripVia, row.via) ? words.tripVia[row.via] : row.via);
  return (row) => {
    const note = because(words, row);
    switch (row.kind) {
      case "intent":
        return { glyph: "off", text: t("activity.trail.intent"), note };
      case "verdict": {
        const { decision } = row;
        const known = isIn(words.decision, decision);
        return {
          glyph: known ? decisionGlyph[decision] : "unknown",
          text: t("activity.trail.verdict", {
            decision: !known
              ? (decision ?? words.unknown)
              : decision === "ask" || decision === "ask-console"
                ? t(`activity.needs.${decision}`)
                : t(`activity.verdict.${decision}`),
          }),
          note,
        };
      }
      case "approval": {
        const isYes = row.decision === "approve" || row.decision === "approved" || row.decision === "allow";
        const decision = isYes ? t("activity.approved") : t("activity.denied");
        return {
          glyph: isYes ? "done" : "off",
          text: t("activity.trail.approval", { by: subject(row.actor), decision }),
          note: [via(row), textOf(row.params["note"])].filter(Boolean).join(" · "),
        };
      }
      case "outcome": {
        const told = [row.decision, row.reason, textOf(row.params["outcome"])].find((one) => isIn(words.outcome, one)) ?? null;
        const known = isIn(words.outcome, told);
        return {
          glyph: known ? outcomeGlyph[told] : "unknown",
          text: t("activity.trail.outcome", { outcome: known ? words.outcome[told] : words.unknown }),
          note: textOf(row.params["detail"]),
        };
      }
      default:
        return {
          glyph: "done",
          text: isIn(words.entryKind, row.kind) ? words.entryKind[row.kind] : t("activity.trail.other"),
          note: [via(row), note].filter(Boolean).join(" · "),
        };
    }
  };
}

function Payload({ row }: { row: LogRow }) {
  const { t } = useTranslation();
  if (row.erased) return <p className="text-second text-fg-2">{t("activity.erased")}</p>;
  if (row.payload === null) return null;
  const body = bodyOf(row.payload);
  return (
    <>
      {body === null ? null : <p className="mt-2 rounded-1 bg-sunken px-3 py-2 text-small whitespace-pre-wrap">{body}</p>}
      <details className="mt-1">
        <summary className="w-fit cursor-pointer text-second text-accent">{t("activity.raw")}</summary>
        <pre
          role="region"
          aria-label={t("activity.rawLabel")}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
          tabIndex={0}
          className="mono mt-2 max-h-64 overflow-auto rounded-1 bg-sunken p-3 whitespace-pre-wrap"
        >
          {JSON.stringify(row.payload, null, 2)}
        </pre>
      </details>
    </>
  );
}

function Step({ glyph, head, at, children }: { glyph: GlyphName; head: string; at: string | null; children?: ReactNode }) {
  return (
    <li>
      <Glyph name={glyph} className={`g ${glyph === "failed" || glyph === "stopped" ? "text-stop-mark" : ""}`} />
      <p>
        {head}
        {at === null ? null : <time>{at}</time>}
      </p>
      {children}
    </li>
  );
}

function Erase({ rows, onDone }: { rows: readonly LogRow[]; onDone: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const say = useToast();
  const [asking, setAsking] = useState(false);
  const seqs = rows.filter((row) => row.payload !== null && !row.erased).map((row) => row.seq);
  const erase = useMutation(
    query.breaker.activity.erase.mutationOptions({
      onSuccess: ({ erased }) => {
        setAsking(false);
        say(t("activity.eraseDone", { n: erased }));
        onDone();
      },
    }),
  );
  if (seqs.length === 0) return null;
  return (
    <>
      <Button variant="quiet" className="mt-4 -ml-2" onClick={() => setAsking(true)}>
        {t("activity.erase")}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t("activity.eraseTitle")}
        actions={
          <>
            <Button variant="main" onClick={() => erase.mutate({ seqs })}>
              {t("activity.erase")}
            </Button>
            <Button onClick={() => setAsking(false)}>{t("ui.cancel")}</Button>
          </>
        }
      >
        <p className="text-fg-2">{t("activity.eraseBody")}</p>
        <FaultNote error={erase.error} className="mt-4" />
      </Dialog>
    </>
  );
}

function Hashes({ row, check }: { row: LogRow; check: LogCheck | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const isIncluded = check?.ok === true && check.rows >= row.seq;
  const line = (name: string, label: string, hash: string) => (
    <>
      <dt className="text-fg-2">{name}</dt>
      <dd className="text-right text-fg-2">
        <Copyable text={hash} shown={shortHash(hash)} name={label} />
      </dd>
    </>
  );
  return (
    <>
      <h3 className="mt-1 mb-1.5 flex justify-between gap-3 border-t border-line pt-3.5 text-second text-fg-2">
        {t("activity.hashes")}
        {isIncluded ? <span className="text-fg-3">{t("activity.hashesIn", { when: format.brief(check.at, at) })}</span> : null}
      </h3>
      <dl className="grid grid-cols-[56px_minmax(0,1fr)] items-baseline gap-x-3 gap-y-1 text-second">
        {line(t("activity.thisRow"), t("activity.thisHash"), row.hash)}
        {line(t("activity.prevRow"), t("activity.prevHash"), row.prev)}
      </dl>
    </>
  );
}

function Settle({ entry, what }: { entry: ActivityEntry; what: string }) {
  const { t } = useTranslation();
  const stale = useStale();
  const may = useMay("operator");
  const [asking, setAsking] = useState(false);
  if (entry.outcome !== "unknown" || entry.act === null) return null;
  return (
    <Step glyph="unknown" head={t("activity.trail.unknown")} at={null}>
      <p className="mb-2 text-second text-fg-2">{t("activity.unknownNote")}</p>
      <Button disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOperator")} onClick={() => setAsking(true)}>
        {t("activity.look")}
      </Button>
      {asking ? <SettleDialog act={entry.act} what={what} onClose={() => setAsking(false)} /> : null}
    </Step>
  );
}

/** One act from intent to outcome, with the rows of the log that say so. */
export function Inspector({ seq, check }: { seq: number; check: LogCheck | null }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const { query } = usePorts();
  const queries = useQueryClient();
  const titleOf = useActTitle();
  const headOf = useRowHead();
  const isOwner = useMay("owner");
  const stale = useStale();
  const found = useQuery(query.breaker.activity.entry.queryOptions({ input: { seq }, refetchInterval: 5000 }));
  const node = useConsole((state) => (found.data ? (state.nodes[found.data.entry.nodeId]?.view.name ?? found.data.entry.nodeId) : ""));
  if (found.isPending) return <Skeleton rows={5} label={t("ui.loading")} />;
  if (!found.data) return <FaultNote error={found.error} />;
  const { entry, rows } = found.data;
  const what = titleOf(entry);
  const last = rows.at(-1);
  return (
    <>
      <p className="mb-1 text-second text-fg-2">
        {entry.seq === entry.lastSeq
          ? t("activity.row", { from: format.count(entry.seq) })
          : t("activity.rows", { from: format.count(entry.seq), to: format.count(entry.lastSeq) })}
      </p>
      <h2 id="entry-title" className="text-lead font-strong text-pretty">
        {what}
      </h2>
      <dl className="mt-3 mb-5 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-second">
        <dt className="text-fg-2">{t("activity.facts.who")}</dt>
        <dd>
          {entry.actor} · {node}
        </dd>
        {entry.class === null ? null : (
          <>
            <dt className="text-fg-2">{t("activity.facts.class")}</dt>
            <dd>{words.actionClass[entry.class]}</dd>
          </>
        )}
      </dl>
      <ol className="trail">
        {rows.map((row) => {
          const { glyph, text, note } = headOf(row);
          return (
            <Step key={row.seq} glyph={glyph} head={text} at={format.time(row.at)}>
              {note === null || note === "" ? null : <p className="text-second text-fg-2">{note}</p>}
              <Payload row={row} />
            </Step>
          );
        })}
        <Settle entry={entry} what={what} />
      </ol>
      {last ? <Hashes row={last} check={check} /> : null}
      {isOwner && !stale ? <Erase rows={rows} onDone={() => void queries.invalidateQueries({ queryKey: query.breaker.activity.key() })} /> : null}
    </>
  );
}
