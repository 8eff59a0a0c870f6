import type { BreakerView, ResetCheck } from "../../../contract/breaker.ts";

/** A row of the reset list. Checks that hold and say the same of several nodes stand in one row. */
export type CheckRow =
  | { kind: "button"; check: ResetCheck }
  | { kind: "disk"; check: ResetCheck; names: string[] }
  | { kind: "nodes"; names: string[] }
  | { kind: "node"; check: ResetCheck; name: string }
  | { kind: "outcome"; check: ResetCheck }
  | { kind: "log"; check: ResetCheck };

const isOk = (row: CheckRow): boolean => row.kind === "nodes" || row.check.ok;

/** The reset list as it is drawn, in the order in which the daemon gave it. */
export function rowsOf(view: Pick<BreakerView, "checks" | "nodes">): CheckRow[] {
  const nameOf = (check: ResetCheck) => {
    const told = check.params["name"];
    return view.nodes.find((node) => node.nodeId === check.nodeId)?.name ?? (typeof told === "string" ? told : (check.nodeId ?? ""));
  };
  const rows: CheckRow[] = [];
  for (const check of view.checks) {
    switch (check.code) {
      case "button-released":
        rows.push({ kind: "button", check });
        break;
      case "on-disk": {
        const same = rows.find((row) => row.kind === "disk" && row.check.ok && check.ok);
        const kept = view.nodes.filter((node) => node.onDisk === true).map((node) => node.name);
        const names = check.nodeId === null ? kept : [nameOf(check)];
        if (same?.kind === "disk") same.names.push(...names);
        else rows.push({ kind: "disk", check, names });
        break;
      }
      case "node-acknowledged": {
        if (!check.ok) {
          rows.push({ kind: "node", check, name: nameOf(check) });
          break;
        }
        const same = rows.find((row) => row.kind === "nodes");
        const closed = view.nodes.filter((node) => node.state === "closed" || node.state === "held").map((node) => node.name);
        const names = check.nodeId === null ? closed : [nameOf(check)];
        if (same?.kind === "nodes") same.names.push(...names);
        else rows.push({ kind: "nodes", names });
        break;
      }
      case "outcome-known":
        rows.push({ kind: "outcome", check });
        break;
      case "log-whole":
        rows.push({ kind: "log", check });
        break;
    }
  }
  return rows;
}

/** How many rows are left. */
export const leftOf = (rows: readonly CheckRow[]): number => rows.filter((row) => !isOk(row)).length;
