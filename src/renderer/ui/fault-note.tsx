import { useTranslation } from "react-i18next";
import { tellFault, type ToldFault } from "../app/faults.ts";
import { useLanguage } from "../app/language.tsx";
import { Glyph } from "./glyph.tsx";

/** Turns an error of a call into words, in the language in use. */
export function useTellFault(): (error: unknown) => ToldFault {
  const { words } = useLanguage();
  const { t } = useTranslation();
  const own = (key: "lost" | "other") => ({ title: t(`ui.${key}.title`), meaning: t(`ui.${key}.meaning`), todo: t(`ui.${key}.todo`) });
  return (error) => tellFault(error, words, { lost: own("lost"), other: own("other") });
}

/** What happened, what it means, what to do. */
export function FaultNote({ error, className = "" }: { error: unknown; className?: string }) {
  const tell = useTellFault();
  if (error === null || error === undefined) return null;
  const told = tell(error);
  return (
    <div role="alert" className={`border-l-3 border-stop-mark py-0.5 pl-4 ${className}`}>
      <p className="flex items-baseline gap-2 font-strong">
        <Glyph name="failed" className="self-center text-stop-mark" />
        {told.title}
      </p>
      <p className="text-small text-fg-2">{told.meaning}</p>
      <p className="text-small">{told.todo}</p>
    </div>
  );
}
