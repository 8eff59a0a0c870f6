import type { ReactNode } from "react";

/** A table that scrolls inside its own frame when it is wider than the page. */
export function Table({ label, head, children, minWidth }: { label: string; head: ReactNode; children: ReactNode; minWidth?: number }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
    <div role="region" aria-label={label} tabIndex={0} className="overflow-x-auto">
      <table className="table" style={minWidth === undefined ? undefined : { minWidth }}>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
