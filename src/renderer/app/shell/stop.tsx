import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Glyph } from "../../ui/glyph.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useConsole, usePorts } from "../console.tsx";

/** What the corner offers: to stop, to look at the stop that holds, or nothing where nobody is signed in. */
type Offer = "stop" | "stopping" | "stopped" | "ready" | "nobody";

function useOffer(): Offer {
  return useConsole(({ link, breaker, breakerSilent, tripping }) => {
    if (link.kind === "signed-out" || link.kind === "no-rack") return "nobody";
    if (tripping.kind === "asking") return "stopping";
    // What is not known to be stopped can be stopped.
    if (link.kind !== "live" || breakerSilent || !breaker || breaker.state === "run") return "stop";
    return breaker.state;
  });
}

/** ⇧Esc on every screen, above dialogs and inside fields. Stopped already, it opens the breaker. */
export function useStopKey(): void {
  const { t } = useTranslation();
  const { trip } = usePorts();
  const say = useToast();
  const navigate = useNavigate();
  const offer = useOffer();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      // While Hangul is being composed the key is "Process"; the code stays.
      if (!event.shiftKey || (event.key !== "Escape" && event.code !== "Escape")) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.repeat) return;
      if (offer === "nobody") say(t("shell.stopReason"));
      else if (offer === "stopped") void navigate({ to: "/breaker" });
      else trip();
    };
    window.addEventListener("keydown", press, true);
    return () => window.removeEventListener("keydown", press, true);
  }, [offer, trip, say, navigate, t]);
}

/** Why Stop can't be pressed, printed beside it: only where nobody is signed in. */
export function StopReason({ className = "" }: { className?: string }) {
  const { t } = useTranslation();
  if (useOffer() !== "nobody") return null;
  return (
    <span id="stop-reason" className={`text-second text-fg-3 ${className}`}>
      {t("shell.stopReason")}
    </span>
  );
}

const frame = "relative z-50 inline-flex h-10 w-30 flex-none items-center justify-center gap-2 rounded-2 whitespace-nowrap max-mid:h-11 max-mid:w-24";

/** The 정지 control, always in this corner: the only ink-filled shape. It stops with one press, and asks nothing. */
export function StopControl() {
  const { t } = useTranslation();
  const { trip } = usePorts();
  const say = useToast();
  const offer = useOffer();
  if (offer === "stopped" || offer === "ready") {
    const isStopped = offer === "stopped";
    return (
      <Link
        to="/breaker"
        data-stop={offer}
        aria-label={t(isStopped ? "shell.stoppedOpen" : "shell.readyOpen")}
        className={`${frame} bg-page font-strong ${isStopped ? "text-stop shadow-[inset_0_0_0_1px_var(--stop-mark)]" : "shadow-[inset_0_0_0_1px_var(--control)]"}`}
      >
        <Glyph name={offer} className={isStopped ? "text-stop-mark" : ""} />
        {t(isStopped ? "shell.stopped" : "shell.ready")}
      </Link>
    );
  }
  const isOff = offer === "nobody";
  const look = isOff
    ? "font-control text-fg-3 shadow-[inset_0_0_0_1px_var(--line-2)]"
    : "bg-ink font-strong text-on-ink transition-colors duration-(--fast) hover:bg-ink-hover";
  return (
    <button
      type="button"
      data-stop={offer}
      {...(isOff ? { "aria-disabled": true, "aria-describedby": "stop-reason" } : {})}
      aria-keyshortcuts="Shift+Escape"
      onClick={() => (isOff ? say(t("shell.stopReason")) : trip())}
      className={`${frame} ${look}`}
    >
      <svg width="11" height="11" viewBox="0 0 12 12" aria-hidden="true">
        <rect x="0.5" y="0.5" width="11" height="11" rx="1" fill="currentColor" />
      </svg>
      {t(offer === "stopping" ? "shell.stopping" : "shell.stop")}
      {offer === "stopping" ? null : (
        <kbd className={`max-mid:hidden ${isOff ? "" : "font-regular text-on-ink-2"}`} aria-hidden="true">
          ⇧Esc
        </kbd>
      )}
    </button>
  );
}
