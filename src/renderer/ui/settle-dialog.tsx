import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePorts } from "../app/console.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { FaultNote } from "./fault-note.tsx";
import { Field } from "./field.tsx";
import { Choice } from "./radio.tsx";
import { useToast } from "./toast.tsx";

/** Asks a person who has looked what became of an act whose end nobody wrote down. Nothing is chosen beforehand. */
export function SettleDialog({ act, what, onClose }: { act: string; what: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const queries = useQueryClient();
  const say = useToast();
  const [outcome, setOutcome] = useState<"" | "done" | "not-done">("");
  const [note, setNote] = useState("");
  const settle = useMutation(
    query.breaker.settle.mutationOptions({
      onSuccess: async () => {
        say(t("breaker.settled"));
        onClose();
        await queries.invalidateQueries({ queryKey: query.breaker.key() });
      },
    }),
  );
  return (
    <Dialog open onClose={onClose} title={t("breaker.settleTitle")}>
      <p className="text-fg-2">{t("breaker.settleBody", { what })}</p>
      <div className="mt-4">
        <Choice
          legend={t("breaker.settleTitle")}
          column
          value={outcome}
          onChange={(value) => setOutcome(value)}
          options={[
            { value: "done", label: t("breaker.settleDone") },
            { value: "not-done", label: t("breaker.settleNot") },
          ]}
        />
      </div>
      <Field className="mt-4" label={t("breaker.settleNote")} value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
      <FaultNote error={settle.error} className="mt-4" />
      <div className="mt-6 flex flex-wrap gap-2">
        <Button
          variant="main"
          disabledReason={outcome === "" ? t("approvals.chooseFirst") : null}
          onClick={() => (outcome === "" ? undefined : settle.mutate({ act, outcome, ...(note.trim() === "" ? {} : { note: note.trim() }) }))}
        >
          {t("breaker.settleDo")}
        </Button>
        <Button onClick={onClose}>{t("ui.cancel")}</Button>
      </div>
    </Dialog>
  );
}
