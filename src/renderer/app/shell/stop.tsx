import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useConsole } from "../console.tsx";
import { useToast } from "../../ui/toast.tsx";

/** Says that Stop was asked for, and why nothing happened. */
export function useStop(): () => void {
  const { t } = useTranslation();
  const say = useToast();
  return () => say(t("shell.stopReasonLong"));
}

/** Why Stop can't be pressed, printed beside it. */
export function StopReason({ className = "" }: { className?: string }) {
  const { t } = useTranslation();
  const noRack = useConsole((state) => state.link.kind === "no-rack");
  return (
    <span id="stop-reason" className={`text-second text-fg-3 ${className}`}>
      {noRack ? t("shell.stopReasonNoRack") : t("shell.stopReason")}
    </span>
  );
}

/** The 정지 control, always in this corner. No agents run in this version, so it is outlined and says why it does nothing. */
export function StopControl() {
  const { t } = useTranslation();
  const stop = useStop();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      stop();
    };
    // Captured, so that it works above dialogs and inside fields.
    window.addEventListener("keydown", press, true);
    return () => window.removeEventListener("keydown", press, true);
  }, [stop]);
  return (
    <button
      type="button"
      data-stop
      aria-disabled="true"
      aria-describedby="stop-reason"
      aria-keyshortcuts="Shift+Escape"
      onClick={stop}
      className="relative z-50 inline-flex h-10 w-30 flex-none items-center justify-center gap-2 rounded-2 font-control whitespace-nowrap text-fg-3 shadow-[inset_0_0_0_1px_var(--line-2)] max-mid:h-11 max-mid:w-24"
    >
      <svg width="11" height="11" viewBox="0 0 12 12" aria-hidden="true">
        <rect x="0.5" y="0.5" width="11" height="11" rx="1" fill="currentColor" />
      </svg>
      {t("shell.stop")}
      <kbd className="max-mid:hidden" aria-hidden="true">
        ⇧Esc
      </kbd>
    </button>
  );
}
