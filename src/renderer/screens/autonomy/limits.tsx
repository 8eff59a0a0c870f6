import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AutonomyView } from "../../../contract/breaker.ts";
import { useMay, usePorts, useStale } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";

const digits = (text: string) => text.replace(/\D/g, "").slice(0, 12);
const linesOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** The limits under which the conditional cells of L5 hold. */
export function Limits({ view }: { view: AutonomyView }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const queries = useQueryClient();
  const say = useToast();
  const stale = useStale();
  const may = useMay("owner");
  const id = useId();
  const { limits } = view;
  const [spend, setSpend] = useState(String(limits.spendCap));
  const [bulk, setBulk] = useState(String(limits.bulkCap));
  const [token, setToken] = useState(limits.tokenCap === null ? "" : String(limits.tokenCap));
  const [paths, setPaths] = useState(limits.declaredPaths.join("\n"));
  const save = useMutation(
    query.breaker.autonomy.limits.mutationOptions({
      onSuccess: async (next) => {
        queries.setQueryData(query.breaker.autonomy.get.queryKey(), next);
        say(t("ui.saved"));
        await queries.invalidateQueries({ queryKey: query.breaker.autonomy.key() });
      },
    }),
  );
  return (
    <Section title={t("autonomy.limits")} count={t("autonomy.limitsNote")}>
      <form
        className="pt-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!may || stale) return;
          save.mutate({ spendCap: Number(spend), bulkCap: Number(bulk), tokenCap: token === "" ? null : Number(token), declaredPaths: linesOf(paths) });
        }}
      >
        <div className="grid grid-cols-3 gap-x-6 gap-y-4 max-mid:grid-cols-1">
          <Field
            label={t("autonomy.spendCap")}
            unit={limits.currency}
            inputMode="numeric"
            value={spend}
            onChange={(event) => setSpend(digits(event.target.value))}
          />
          <Field
            label={t("autonomy.bulkCap")}
            unit={t("autonomy.bulkUnit")}
            inputMode="numeric"
            value={bulk}
            onChange={(event) => setBulk(digits(event.target.value))}
          />
          <Field
            label={t("autonomy.tokenCap")}
            help={t("autonomy.tokenHelp")}
            inputMode="numeric"
            value={token}
            onChange={(event) => setToken(digits(event.target.value))}
          />
        </div>
        <label htmlFor={id} className="mt-4 mb-1.5 block text-second text-fg-2">
          {t("autonomy.paths")}
        </label>
        <textarea
          id={id}
          className="field mono block"
          rows={3}
          spellCheck={false}
          value={paths}
          aria-describedby={`${id}-help`}
          onChange={(event) => setPaths(event.target.value)}
        />
        <p id={`${id}-help`} className="mt-1.5 text-second text-fg-2">
          {t("autonomy.pathsHelp")}
        </p>
        <FaultNote error={save.error} className="mt-4" />
        <div className="mt-4">
          <Button type="submit" disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOwner")}>
            {t("ui.save")}
          </Button>
        </div>
      </form>
    </Section>
  );
}
