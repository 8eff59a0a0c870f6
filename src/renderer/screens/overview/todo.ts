import type { BreakerView } from "../../../contract/breaker.ts";
import type { Alert, Repair } from "../../../contract/rack.ts";

/** What the breaker asks of a person. */
export type Ask = { what: "stopped" | "ready" | "log" } | { what: "approvals" | "unknown"; count: number };
export type Todo = { kind: "ask"; ask: Ask } | { kind: "alert"; alert: Alert } | { kind: "repair"; repair: Repair };

const weight: Record<Alert["severity"], number> = { failure: 0, attention: 1, notice: 2 };

/** Alerts whose cause lasts, but which somebody has seen to or muted. */
export const quietOf = (alerts: readonly Alert[]): Alert[] => alerts.filter((alert) => alert.acknowledged || alert.mutedForMs !== null);

/** A stop that holds, a log that can't be trusted, approvals that wait, acts whose end nobody knows. */
export function asksOf(view: BreakerView | null): Ask[] {
  if (!view) return [];
  return [
    ...(view.state === "run" ? [] : [{ what: view.state }]),
    ...(view.log === "damaged" ? [{ what: "log" as const }] : []),
    ...(view.pending > 0 ? [{ what: "approvals" as const, count: view.pending }] : []),
    ...(view.unknownOutcomes > 0 ? [{ what: "unknown" as const, count: view.unknownOutcomes }] : []),
  ];
}

/** What a person should look at, worst first: what the breaker asks, alerts that nobody has seen to, then what can be repaired. */
export function todoOf(asks: readonly Ask[], alerts: readonly Alert[], repairs: readonly Repair[]): Todo[] {
  const open = alerts
    .filter((alert) => !alert.acknowledged && alert.mutedForMs === null)
    .toSorted((a, b) => weight[a.severity] - weight[b.severity] || a.since - b.since);
  return [
    ...asks.map((ask): Todo => ({ kind: "ask", ask })),
    ...open.map((alert): Todo => ({ kind: "alert", alert })),
    ...repairs.map((repair): Todo => ({ kind: "repair", repair })),
  ];
}
