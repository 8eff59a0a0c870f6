import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { AutonomyView, Level } from "../../../contract/breaker.ts";
import { useLanguage } from "../../app/language.tsx";
import { Tag } from "../../ui/section.tsx";

export const levels = [1, 2, 3, 4, 5] as const satisfies readonly Level[];

/** A radio group drawn as a slider: arrow keys work, nothing has to be dragged, and choosing changes nothing yet. */
export function Levels({ view, chosen, onChoose }: { view: AutonomyView; chosen: Level; onChoose: (level: Level) => void }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const name = useId();
  return (
    <fieldset className="levels">
      <legend className="sr-only">{t("autonomy.levels")}</legend>
      {levels.map((level) => (
        <label key={level} className={level === view.level ? "here" : undefined}>
          <input type="radio" name={name} value={level} checked={level === chosen} onChange={() => onChoose(level)} />
          <b>
            L{level} {words.level[level]}
            {level === view.level ? <Tag>{t("autonomy.now")}</Tag> : level > view.maxLevel ? <Tag>{t("autonomy.over")}</Tag> : null}
          </b>
          <span className="d">{words.levelMeans[level]}</span>
        </label>
      ))}
    </fieldset>
  );
}
