import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A table that scrolls inside its own frame when it is wider than the page. */
export function Table({ label, head, children, minWidth }: { label: string; head: ReactNode; children: ReactNode; minWidth?: number }) {
  const { t } = useTranslation();
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
    <div role="region" aria-label={t("ui.tableOf", { name: label })} tabIndex={0} className="relative overflow-x-auto">
      <table className="table" style={minWidth === undefined ? undefined : { minWidth }}>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
