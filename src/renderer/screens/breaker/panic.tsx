import { useTranslation } from "react-i18next";
import type { BreakerView, PanicBand, PanicSignal } from "../../../contract/breaker.ts";
import { useBreakerStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { EmptyState, Section } from "../../ui/section.tsx";

const panicBands = ["calm", "alert", "stressed", "panic"] as const satisfies readonly PanicBand[];
/** Up to here a signal is as it usually is; at its limit it acts. */
const normalShare = 0.75;

function Signal({ signal }: { signal: PanicSignal }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const stale = useBreakerStale();
  const share = signal.limit > 0 ? Math.min(1, Math.max(0, signal.value / signal.limit)) : 0;
  const text = t(`breaker.signalValue.${signal.unit}`, { value: format.number(signal.value), limit: format.number(signal.limit) });
  const isOut = !stale && share > normalShare;
  const label = words.panicSignal[signal.code];
  return (
    <div className="border-b border-line py-3">
      <dt className="flex justify-between gap-2 text-second text-fg-2">
        {label}
        <b className={`font-strong whitespace-nowrap ${stale ? "text-fg-3" : isOut ? "text-attention" : "text-fg"}`}>{text}</b>
      </dt>
      <dd>
        <div
          className="meter mt-1"
          role="meter"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={signal.limit}
          aria-valuenow={Math.min(signal.limit, Math.max(0, signal.value))}
          aria-valuetext={text}
          data-out={isOut || undefined}
          data-aged={stale || undefined}
        >
          <span className="b" style={{ left: 0, width: `${normalShare * 100}%` }} />
          <span className="p" style={{ left: `${share * 100}%` }} />
        </div>
      </dd>
    </div>
  );
}

/** The band, with the signals that made it: each needle on its track, the usual range in grey. */
export function Panic({ view }: { view: BreakerView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const { band, signals } = view.panic;
  return (
    <Section
      className="mt-8"
      title={t("breaker.panic")}
      count={t(view.state === "run" ? "breaker.panicNow" : "breaker.panicBefore")}
      more={
        <ol className="inline-flex" aria-label={t("breaker.panicScale")}>
          {panicBands.map((one, index) => (
            <li
              key={one}
              aria-current={one === band ? "true" : undefined}
              className={`px-3 last:pr-0 ${index === 0 ? "max-mid:pl-0" : "border-l border-line"} ${one === band ? "font-strong text-fg" : "text-fg-3"}`}
            >
              {words.panicBand[one]}
            </li>
          ))}
        </ol>
      }
    >
      {signals.length === 0 ? (
        <EmptyState title={t("breaker.panicNone")} />
      ) : (
        <dl className="grid grid-cols-4 gap-x-8 max-full:grid-cols-2 max-mid:grid-cols-1">
          {signals.map((signal) => (
            <Signal key={signal.code} signal={signal} />
          ))}
        </dl>
      )}
    </Section>
  );
}
