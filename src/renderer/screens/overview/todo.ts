import type { Alert, Repair } from "../../../contract/rack.ts";

export type Todo = { kind: "alert"; alert: Alert } | { kind: "repair"; repair: Repair };

const weight: Record<Alert["severity"], number> = { failure: 0, attention: 1, notice: 2 };

/** Alerts whose cause lasts, but which somebody has seen to or muted. */
export const quietOf = (alerts: readonly Alert[]): Alert[] => alerts.filter((alert) => alert.acknowledged || alert.mutedForMs !== null);

/** What a person should look at, worst first: alerts that nobody has seen to, then what can be repaired. */
export function todoOf(alerts: readonly Alert[], repairs: readonly Repair[]): Todo[] {
  const open = alerts
    .filter((alert) => !alert.acknowledged && alert.mutedForMs === null)
    .toSorted((a, b) => weight[a.severity] - weight[b.severity] || a.since - b.since);
  return [...open.map((alert): Todo => ({ kind: "alert", alert })), ...repairs.map((repair): Todo => ({ kind: "repair", repair }))];
}
