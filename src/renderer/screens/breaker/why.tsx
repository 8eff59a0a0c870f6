import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BreakerView } from "../../../contract/breaker.ts";
import { useBreakerStale, useConsole, useMay, usePorts } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import type { ReactNode } from "react";

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-second text-fg-2">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Where a stop came from: 이 콘솔 would claim more than the log knows, so it names the way. */
function Where({ view }: { view: BreakerView }) {
  const { words } = useLanguage();
  return <>{view.via === null ? words.unknown : words.tripVia[view.via]}</>;
}

/** Who, when, where and why; why may be written down afterwards. */
export function Facts({ view, onWrite, isWriting }: { view: BreakerView; onWrite: () => void; isWriting: boolean }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const may = useMay("operator");
  const stale = useBreakerStale();
  const isStopped = view.state === "stopped";
  const stamp = view.since === null ? words.unknown : format.when(view.since, view.at);
  if (!isStopped) {
    return (
      <dl className={`max-mid:mt-4 ${stale ? "text-fg-3" : ""}`}>
        <Fact name={t("breaker.facts.since")}>{stamp}</Fact>
      </dl>
    );
  }
  const why = view.reason ?? (view.cause === null || view.cause === "person" ? null : words.tripCause[view.cause]);
  return (
    <dl className={`flex flex-wrap gap-x-10 gap-y-2 max-mid:mt-4 max-mid:gap-x-8 mid:max-w-[56%] ${stale ? "text-fg-3" : ""}`}>
      <Fact name={t("breaker.facts.who")}>{view.by ?? (view.cause === null || view.cause === "person" ? words.unknown : words.tripVia.self)}</Fact>
      <Fact name={t("breaker.facts.when")}>{stamp}</Fact>
      <Fact name={t("breaker.facts.where")}>
        <Where view={view} />
      </Fact>
      <Fact name={t("breaker.facts.why")}>
        {why === null ? null : <span className="mr-2">{why}</span>}
        {may && !stale ? (
          <button type="button" className="link min-h-6 underline underline-offset-3" aria-expanded={isWriting} onClick={onWrite}>
            {t(view.reason === null ? "breaker.whyAdd" : "breaker.whyEdit")}
          </button>
        ) : why === null ? (
          words.none
        ) : null}
      </Fact>
    </dl>
  );
}

/** Further stops that came in while it was stopped. */
export function Also({ view }: { view: BreakerView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const at = useConsole((state) => state.breaker?.at) ?? 0;
  if (view.state !== "stopped" || view.also.length === 0) return null;
  return (
    <p className="-mt-4 mb-8 text-second text-fg-2">
      {t("breaker.also")}:{" "}
      {view.also.map((one) => [words.tripCause[one.cause], one.by, format.when(one.at, at)].filter((part) => part !== null).join(" · ")).join(", ")}
    </p>
  );
}

/** One line for the reason, where the question was asked. */
export function WhyForm({ view, onDone }: { view: BreakerView; onDone: () => void }) {
  const { t } = useTranslation();
  const { query, store, clock } = usePorts();
  const say = useToast();
  const [text, setText] = useState(view.reason ?? "");
  const note = useMutation(
    query.breaker.note.mutationOptions({
      onSuccess: (next) => {
        store.setState({ breaker: next, breakerAt: clock.now() });
        say(t("breaker.whyDone"));
        onDone();
      },
    }),
  );
  const isEmpty = text.trim() === "";
  return (
    <form
      className="mb-8 max-w-2xl"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) note.mutate({ reason: text.trim() });
      }}
    >
      <Field
        label={t("breaker.whyLabel")}
        help={t("breaker.whyHelp")}
        value={text}
        maxLength={500}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the person has just asked for this field
        autoFocus
        onChange={(event) => setText(event.target.value)}
      />
      <FaultNote error={note.error} className="mt-3" />
      <div className="mt-3 flex flex-wrap gap-2">
        <Button type="submit" variant="main" disabledReason={isEmpty ? t("approvals.writeFirst") : null}>
          {t("breaker.whySave")}
        </Button>
        <Button onClick={onDone}>{t("ui.cancel")}</Button>
      </div>
    </form>
  );
}
