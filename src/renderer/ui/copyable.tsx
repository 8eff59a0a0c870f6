import { useTranslation } from "react-i18next";
import { useToast } from "./toast.tsx";

/** An id, an address or a fingerprint in mono, with a way to copy it. `name` says what is copied, for those who don't see it. */
export function Copyable({ text, name, shown = text, className = "" }: { text: string; name: string; shown?: string; className?: string }) {
  const { t } = useTranslation();
  const say = useToast();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(t("ui.copied", { name }));
    } catch {
      // Without https a browser has no clipboard: the person can still select the text.
      say(t("ui.copyFailed"));
    }
  };
  return (
    <span className={`mono ${className}`}>
      <span className="select-all">{shown}</span>{" "}
      <button type="button" className="link min-h-6 px-0.5 font-sans" onClick={() => void copy()} aria-label={t("ui.copyThing", { name })}>
        {t("ui.copy")}
      </button>
    </span>
  );
}
