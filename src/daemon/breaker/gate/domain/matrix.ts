import type { ActionClass, Cell, Decision, Level, MatrixRow } from "../../../../contract/breaker.ts";

/** From most to least permissive. */
const rank: Record<Decision, number> = { allow: 0, notify: 1, ask: 2, "ask-console": 3, deny: 4 };

/** The less permissive of the two. */
export const stricter = (a: Decision, b: Decision): Decision => (rank[a] >= rank[b] ? a : b);
/** True when `a` lets less through than `b`. */
export const isStricter = (a: Decision, b: Decision): boolean => rank[a] > rank[b];
export const letsThrough = (decision: Decision): boolean => rank[decision] <= rank.notify;
export const asks = (decision: Decision): boolean => decision === "ask" || decision === "ask-console";

const only = (decision: Decision): Cell => ({ decision, within: null });
const A = only("allow");
const N = only("notify");
const P = only("ask");
const C = only("ask-console");
const D = only("deny");
/** Notify within the condition, otherwise what the level below says. */
const within = (condition: Exclude<Cell["within"], null>): Cell => ({ decision: "notify", within: condition });

/** Action class x level, 1 to 5. Where a cell has a condition that isn't met, the cell before it holds. */
export const matrix: readonly MatrixRow[] = [
  { class: "1", cells: [P, A, A, A, A] },
  { class: "1b", cells: [P, P, P, N, N] },
  { class: "2", cells: [P, P, A, A, A] },
  { class: "3", cells: [P, P, P, P, within("declared-paths")] },
  { class: "4", cells: [P, A, A, A, A] },
  { class: "5a", cells: [P, P, P, N, A] },
  { class: "5b", cells: [P, P, P, P, within("caps")] },
  { class: "6", cells: [D, C, C, C, within("spend-cap")] },
  { class: "7a", cells: [P, P, N, A, A] },
  { class: "7b", cells: [D, D, D, D, D] },
  { class: "8a", cells: [P, P, A, A, A] },
  { class: "8b", cells: [P, P, P, P, within("get-only")] },
  { class: "9", cells: [D, C, C, C, C] },
  { class: "10", cells: [P, P, N, A, A] },
  { class: "11", cells: [P, P, P, N, N] },
  { class: "12", cells: [D, D, D, D, D] },
];

const rows = new Map(matrix.map((row) => [row.class, row.cells]));

/** Classes that are judged one level lower while untrusted text is in the context. */
export const taintedClasses: readonly ActionClass[] = ["3", "5a", "5b", "6", "7a", "7b", "8b", "9", "10", "11"];
const taintable = new Set<ActionClass>(taintedClasses);
export const isTaintable = (one: ActionClass): boolean => taintable.has(one);

/** The cell as printed. A class that isn't in the table has no cell. */
export const cellOf = (one: ActionClass, level: Level): Cell => rows.get(one)?.[level - 1] ?? D;

/** What the cell comes to; `met` says whether its condition holds. */
export function decideCell(
  one: ActionClass,
  level: Level,
  met: (condition: Exclude<Cell["within"], null>) => boolean,
): { decision: Decision; within: boolean } {
  const cell = cellOf(one, level);
  if (cell.within === null) return { decision: cell.decision, within: false };
  if (met(cell.within)) return { decision: cell.decision, within: true };
  return { decision: level === 1 ? "deny" : cellOf(one, lower(level)).decision, within: false };
}

export const lower = (level: Level): Level => (level <= 2 ? 1 : ((level - 1) as Level));

/** How much the filters take at a level: the medium injection band, and the factor on every threshold of the panic filter. */
export const sensitivityAt = (level: Level): { mediumInjection: Decision; panicScale: number } => ({
  mediumInjection: level <= 2 ? "deny" : "ask",
  panicScale: level < 3 ? 0.5 : 1,
});

/** Rows of the table that differ between two levels. */
export const changedCells = (from: Level, to: Level): { class: ActionClass; from: Cell; to: Cell }[] =>
  matrix
    .map((row) => ({ class: row.class, from: cellOf(row.class, from), to: cellOf(row.class, to) }))
    .filter(({ from, to }) => from.decision !== to.decision || from.within !== to.within);
