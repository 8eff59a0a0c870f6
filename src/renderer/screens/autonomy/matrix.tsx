import { useTranslation } from "react-i18next";
import type { AutonomyView, Level, MatrixRow } from "../../../contract/breaker.ts";
import { useLanguage } from "../../app/language.tsx";
import { CellView } from "../../ui/acts.tsx";
import { levels } from "./levels.tsx";

const differs = (row: MatrixRow, a: Level, b: Level): boolean => {
  const [from, to] = [row.cells[a - 1], row.cells[b - 1]];
  return from !== undefined && to !== undefined && (from.decision !== to.decision || from.within !== to.within);
};

/** What each level allows, as the daemon's own table says it. */
export function Matrix({ view, chosen }: { view: AutonomyView; chosen: Level }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const kindOf = (level: Level) => (level === view.level ? "cur" : level === chosen ? "next" : "");
  const hides = (level: Level) => (kindOf(level) === "" ? "other" : "");
  const conditions = view.matrix.flatMap((row) => {
    const cell = row.cells.find((one) => one.within !== null);
    return cell?.within ? [t("autonomy.condition", { act: words.actionClass[row.class], within: words.within[cell.within] })] : [];
  });
  return (
    <div className="min-w-0">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard */}
      <div role="region" aria-label={t("ui.tableOf", { name: t("autonomy.table") })} tabIndex={0} className="relative overflow-x-auto">
        <table className="table matrix">
          <caption className="sr-only">{t("autonomy.table")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("autonomy.act")}</th>
              {levels.map((level) => (
                <th key={level} scope="col" className={`c ${kindOf(level)} ${hides(level)}`}>
                  L{level}
                  {level === view.level ? ` ${t("autonomy.now")}` : level === chosen ? ` ${t("autonomy.chosen")}` : ""}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {view.matrix.map((row) => (
              <tr key={row.class} data-class={row.class}>
                <th scope="row">{words.actionClass[row.class]}</th>
                {levels.map((level) => {
                  const cell = row.cells[level - 1];
                  const isChange = level === chosen && differs(row, view.level, chosen);
                  return (
                    <td key={level} data-level={level} className={`${kindOf(level)} ${hides(level)} ${isChange ? "chg" : ""}`}>
                      {cell ? <CellView cell={cell} conditional={t("autonomy.conditional")} /> : words.unknown}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {conditions.length > 0 ? (
        <div className="mt-3 text-second text-fg-2">
          <p>{t("autonomy.conditions")}</p>
          <ul>
            {conditions.map((condition) => (
              <li key={condition}>{condition}</li>
            ))}
          </ul>
        </div>
      ) : null}
      <p className="mt-3 text-second text-fg-2">{t("autonomy.tainted", { count: view.tainted.length })}</p>
      <p className="text-second text-fg-2">{words.isolation[view.isolation]}</p>
    </div>
  );
}
