import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Approval } from "../../../contract/breaker.ts";
import { useBreaker, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useActTitle } from "../../ui/acts.tsx";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { useDecide } from "./decide.tsx";

/** Several of the same kind, each with its own text in full; nothing is chosen beforehand. */
export function Batch({ approvals, onClose }: { approvals: readonly Approval[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const titleOf = useActTitle();
  const stale = useStale();
  const latched = useBreaker()?.state !== "run";
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const decide = useDecide(onClose);
  const chosen = approvals.filter((one) => picked.has(one.id));
  const base = stale ? t("ui.notYet") : chosen.length === 0 ? t("approvals.batchNone") : null;
  const items = chosen.map(({ id, hash }) => ({ id, hash }));
  const toggle = (id: string) =>
    setPicked((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const [first] = approvals;
  return (
    <fieldset className="mt-7 border-t border-line-2 pt-5">
      <legend className="float-left w-full font-strong">
        {first ? t("approvals.batchTitle", { act: words.actionClass[first.class], count: approvals.length }) : null}
      </legend>
      <p className="clear-left text-second text-fg-2">{t("approvals.batchNote")}</p>
      <ul className="mt-2">
        {approvals.map((one) => (
          <li key={one.id} className="border-b border-line">
            <label className="grid min-h-11 cursor-pointer grid-cols-[24px_minmax(0,1fr)] gap-x-2 py-3">
              <input
                type="checkbox"
                className="check mt-0.5"
                aria-label={t("approvals.batchPick", { what: titleOf(one) })}
                checked={picked.has(one.id)}
                onChange={() => toggle(one.id)}
              />
              <span>
                <span className="font-strong">{titleOf(one)}</span>
                <span className="block whitespace-pre-wrap">{one.body ?? JSON.stringify(one.payload)}</span>
                <span className="block text-second text-fg-2">{one.reach.recipients.join(", ")}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap gap-x-3 gap-y-2">
        <Button
          variant="main"
          size="large"
          disabledReason={base ?? (latched ? t("approvals.latched") : null)}
          reasonId="batch-reason"
          onClick={() => decide.mutate({ items, answer: "approve" })}
        >
          {t("approvals.batchApprove", { count: chosen.length })}
        </Button>
        <Button size="large" disabledReason={base} reasonId="batch-reason" onClick={() => decide.mutate({ items, answer: "deny" })}>
          {t("approvals.batchDeny", { count: chosen.length })}
        </Button>
        <Button size="large" variant="quiet" onClick={onClose}>
          {t("ui.cancel")}
        </Button>
      </div>
      <p id="batch-reason" className="mt-2 min-h-5 text-second text-fg-2">
        {base ?? (latched ? t("approvals.latched") : null)}
      </p>
      <FaultNote error={decide.error} className="mt-4" />
    </fieldset>
  );
}
