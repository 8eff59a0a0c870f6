import type { ActionClass, Cell, Decision, Level, MatrixRow } from "../../../../src/contract/breaker.ts";

const letters: Record<string, Decision> = { A: "allow", N: "notify", P: "ask", "P!": "ask-console", D: "deny" };
/** As the owner's table prints it; what stands in brackets is the limit under which the cell holds. */
const table: Record<ActionClass, string> = {
  "1": "P A A A A",
  "1b": "P P P N N",
  "2": "P P A A A",
  "3": "P P P P N[declared-paths]",
  "4": "P A A A A",
  "5a": "P P P N A",
  "5b": "P P P P N[caps]",
  "6": "D P! P! P! N[spend-cap]",
  "7a": "P P N A A",
  "7b": "D D D D D",
  "8a": "P P A A A",
  "8b": "P P P P N[get-only]",
  "9": "D P! P! P! P!",
  "10": "P P N A A",
  "11": "P P P N N",
  "12": "D D D D D",
};
const order: ActionClass[] = ["1", "1b", "2", "3", "4", "5a", "5b", "6", "7a", "7b", "8a", "8b", "9", "10", "11", "12"];
const limits = ["declared-paths", "caps", "spend-cap", "get-only"] as const;

const cellOf = (text: string): Cell => {
  const [letter = "", rest = ""] = text.split("[");
  return { decision: letters[letter] ?? "deny", within: limits.find((one) => rest.startsWith(one)) ?? null };
};

/** The table; with nothing that may be spent, money asks at L5 too. */
export const matrixOf = (spendCap: number): MatrixRow[] =>
  order.map((name) => ({
    class: name,
    cells: table[name].split(" ").map((text) => (name === "6" && text.startsWith("N") && spendCap === 0 ? cellOf("P!") : cellOf(text))),
  }));

export const taintedClasses: ActionClass[] = ["3", "5a", "5b", "6", "7a", "7b", "8b", "9", "10", "11"];
const strictness: Decision[] = ["allow", "notify", "ask", "ask-console", "deny"];

/** What the fake's gate says of an act: its cell; while tainted one level lower and at least an approval; a blocked act is always denied. */
export function judge(rows: readonly MatrixRow[], act: { class: ActionClass; tainted: boolean; blocked: boolean }, level: Level): Decision {
  if (act.blocked) return "deny";
  const row = rows.find((one) => one.class === act.class);
  const at = (of: number): Decision => {
    const cell = row?.cells[of - 1];
    if (!cell) return "deny";
    return cell.within === null ? cell.decision : "ask";
  };
  if (!act.tainted || !taintedClasses.includes(act.class)) return at(level);
  const lower = at(Math.max(1, level - 1));
  return strictness.indexOf(lower) < strictness.indexOf("ask") ? "ask" : lower;
}
