import { useTranslation } from "react-i18next";
import { fill } from "../../../words/fill.ts";
import { Glyph, toneOf } from "../../ui/glyph.tsx";
import { useConsole, useConsoleShallow, useNow } from "../console.tsx";
import { useLanguage } from "../language.tsx";
import { statusOf } from "../status.ts";
import { useFormat } from "../use-format.ts";
import { useBreakerSentence } from "./breaker-sentence.ts";

const freshMs = 2000;
const colors = { plain: "", quiet: "text-fg-3", attention: "text-attention-mark", stop: "text-stop-mark" };

/** The sentence of truth in words. */
export function useSentence() {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const told = useBreakerSentence();
  const standing = useConsoleShallow((state) => ({
    link: state.link,
    sentence: state.rack?.sentence ?? null,
    breaker: state.breaker,
    breakerSilent: state.breakerSilent,
    tripping: state.tripping,
  }));
  const status = statusOf(standing);
  switch (status.of) {
    case "link":
      return { status, text: t(`shell.link.${status.code}`) };
    case "trip":
      return { status, text: t(`shell.trip.${status.code}`) };
    case "breaker":
      return { status, text: told(status.view) };
    case "rack":
      return { status, text: fill(words.sentence[status.sentence.code], status.sentence.params) };
  }
}

function CheckedAge() {
  const { t } = useTranslation();
  const { ago } = useFormat();
  const now = useNow();
  const receivedAt = useConsole((state) => state.receivedAt);
  const live = useConsole((state) => state.link.kind === "live");
  if (receivedAt === null) return <>{t("shell.neverChecked")}</>;
  const ageMs = Math.max(0, now - receivedAt);
  // The rack speaks once a second: tenths that jump up and down beside the sentence would say nothing.
  if (live && ageMs < freshMs) return <>{t("shell.checkedNow")}</>;
  const age = ago(ageMs);
  return <>{live ? t("shell.checked", { age }) : t("shell.lastChecked", { age })}</>;
}

/** True while a stop holds, or was asked for and not heard: the one time the line is tinted. */
export const useIsTinted = (): boolean =>
  useConsole(
    ({ link, breaker, breakerSilent, tripping }) => tripping.kind !== "none" || (link.kind === "live" && !breakerSilent && breaker?.state === "stopped"),
  );

/** One sentence, the worst true thing last, and its age. */
export function StatusLine() {
  const { status, text } = useSentence();
  return (
    <div className="mr-auto flex min-w-0 items-baseline gap-x-3 max-mid:order-2 max-mid:w-full max-mid:flex-wrap max-mid:gap-x-2 max-mid:pt-1 max-mid:text-second">
      <span role="status" data-testid="status" className="inline-flex items-baseline gap-2 font-strong">
        <Glyph name={status.glyph} className={`self-center max-mid:mt-1 max-mid:self-start ${colors[toneOf(status.glyph)]}`} />
        <span>{text}</span>
      </span>
      <span data-testid="status-age" className={`text-second whitespace-nowrap ${useIsTinted() ? "text-fg-2" : "text-fg-3"}`}>
        <CheckedAge />
      </span>
    </div>
  );
}
