import { useEffect, useState } from "react";
import { usePorts } from "../app/console.tsx";

const widths = [62, 36, 74, 30, 55, 42];

/** Still bars in the shape of the rows, shown only when loading takes longer than a blink. */
export function Skeleton({ rows = 3, label }: { rows?: number; label: string }) {
  const { clock } = usePorts();
  const [shown, setShown] = useState(false);
  useEffect(() => clock.after(300, () => setShown(true)), [clock]);
  return (
    <div role="status" aria-busy="true">
      <span className="sr-only">{label}</span>
      {shown
        ? Array.from({ length: rows }, (_, row) => (
            // oxlint-disable-next-line react/no-array-index-key -- the bars have no identity
            <div key={row} className="min-h-14 border-b border-line py-2.5" aria-hidden="true">
              <span className="bone" style={{ width: `${widths[row % 6] ?? 50}%` }} />
              <span className="bone mt-2" style={{ width: `${(widths[(row + 1) % 6] ?? 40) * 0.7}%` }} />
            </div>
          ))
        : null}
    </div>
  );
}
