import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Approval } from "../../../contract/breaker.ts";
import { useBreaker, useMay, useNow, usePorts, useStale } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { Batch } from "./batch.tsx";
import { alike, leftOf, typedWord } from "./wait.ts";

/** Sends decisions and takes the queue that comes back. */
export function useDecide(onDone?: () => void) {
  const { query } = usePorts();
  const queries = useQueryClient();
  const say = useToast();
  const { t } = useTranslation();
  return useMutation(
    query.breaker.approvals.decide.mutationOptions({
      onSuccess: async (view, input) => {
        queries.setQueryData(query.breaker.approvals.list.queryKey(), view);
        say(t(input.answer === "deny" ? "approvals.denied" : input.always === true ? "approvals.granted" : "approvals.approved"));
        onDone?.();
        await queries.invalidateQueries({ queryKey: query.breaker.approvals.key() });
      },
      // What was on screen may be over: the queue as it is now says so.
      onError: () => queries.invalidateQueries({ queryKey: query.breaker.approvals.key() }),
    }),
  );
}

/** Approve says what then happens; deny stands beside it, never hidden. */
export function Decide({ approval, waiting, receivedAt }: { approval: Approval; waiting: readonly Approval[]; receivedAt: number }) {
  const { t } = useTranslation();
  const stale = useStale();
  const may = useMay("operator");
  const now = useNow();
  const latched = useBreaker()?.state !== "run";
  const [typed, setTyped] = useState("");
  const [noting, setNoting] = useState(false);
  const [note, setNote] = useState("");
  const [granting, setGranting] = useState(false);
  const [batching, setBatching] = useState(false);
  const decide = useDecide();
  const word = typedWord(approval);
  const mustType = approval.needs === "ask-console";
  const same = alike(waiting, approval);
  const items = [{ id: approval.id, hash: approval.hash }];
  const base = stale
    ? t("ui.notYet")
    : !may
      ? t("ui.needsOperator")
      : leftOf(approval, now - receivedAt) === 0
        ? t("approvals.expired")
        : decide.isPending
          ? t("ui.working")
          : null;
  const approveReason = base ?? (latched ? t("approvals.latched") : mustType && typed.trim() !== word ? t("approvals.typedWait") : null);
  const approve = (always: boolean) => decide.mutate({ items, answer: "approve", always, ...(mustType ? { typed: typed.trim() } : {}) });
  const label = approval.mode === "draft" ? t("approvals.approveDraft") : t(`approvals.approve.${approval.class}`);
  if (batching && same.length > 1) return <Batch approvals={same} onClose={() => setBatching(false)} />;
  return (
    <div className="mt-7 border-t border-line-2 pt-5">
      {mustType ? (
        <div className="mb-4 max-w-md">
          <Field
            label={t("approvals.typed", { word })}
            help={t("approvals.typedWhy")}
            value={typed}
            spellCheck={false}
            autoComplete="off"
            inputClass="mono"
            onChange={(event) => setTyped(event.target.value)}
          />
        </div>
      ) : null}
      {noting ? (
        <form
          className="mb-4 max-w-2xl"
          onSubmit={(event) => {
            event.preventDefault();
            if (base === null && note.trim() !== "") decide.mutate({ items, answer: "deny", note: note.trim() });
          }}
        >
          <Field label={t("approvals.note")} help={t("approvals.noteHelp")} value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
          <div className="mt-3 flex flex-wrap gap-2">
            <Button type="submit" variant="main" disabledReason={base ?? (note.trim() === "" ? t("approvals.writeFirst") : null)}>
              {t("approvals.deny")}
            </Button>
            <Button onClick={() => setNoting(false)}>{t("ui.cancel")}</Button>
          </div>
        </form>
      ) : (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Button variant="main" size="large" disabledReason={approveReason} reasonId="approve-reason" onClick={() => approve(false)}>
            {label}
          </Button>
          <Button size="large" disabledReason={base} reasonId="approve-reason" onClick={() => decide.mutate({ items, answer: "deny" })}>
            {t("approvals.deny")}
          </Button>
          {base === null ? (
            <Button variant="quiet" size="large" onClick={() => setNoting(true)}>
              {t("approvals.denyNote")}
            </Button>
          ) : null}
          {approval.grant && base === null && !latched ? (
            <span className="ml-auto max-mid:ml-0">
              <Button variant="quiet" onClick={() => setGranting(true)}>
                {t(`approvals.always.${approval.grant.scope}`, { value: approval.grant.value })}
              </Button>
            </span>
          ) : null}
        </div>
      )}
      <p id="approve-reason" className="mt-2 min-h-5 text-second text-fg-2">
        {approveReason ?? base}
      </p>
      {same.length > 1 && base === null ? (
        <Button variant="quiet" className="-ml-2" onClick={() => setBatching(true)}>
          {t("approvals.batch", { count: same.length })}
        </Button>
      ) : null}
      <FaultNote error={decide.error} className="mt-4" />
      {approval.grant ? (
        <Dialog
          open={granting}
          onClose={() => setGranting(false)}
          title={t("approvals.alwaysTitle", { value: approval.grant.value })}
          actions={
            <>
              <Button
                variant="main"
                disabledReason={approveReason}
                onClick={() => {
                  setGranting(false);
                  approve(true);
                }}
              >
                {t("approvals.alwaysDo")}
              </Button>
              <Button onClick={() => setGranting(false)}>{t("ui.cancel")}</Button>
            </>
          }
        >
          <p className="text-fg-2">{t("approvals.alwaysBody")}</p>
        </Dialog>
      ) : null}
    </div>
  );
}
