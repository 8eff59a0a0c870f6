import { useNow } from "../app/console.tsx";
import { useFormat } from "../app/use-format.ts";

/** An age that goes on growing here: `ms` was true when it arrived, at `receivedAt` by the monotonic clock. */
export function Age({ ms, receivedAt }: { ms: number | null; receivedAt: number }) {
  const now = useNow();
  const { ago } = useFormat();
  return <>{ago(ms === null ? null : ms + Math.max(0, now - receivedAt))}</>;
}
