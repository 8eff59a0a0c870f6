import Table from "cli-table3";

const nothing = "";
/** No lines: columns stand apart by two spaces, so that a table can be read, copied and grepped. */
const bare = {
  top: nothing,
  "top-mid": nothing,
  "top-left": nothing,
  "top-right": nothing,
  bottom: nothing,
  "bottom-mid": nothing,
  "bottom-left": nothing,
  "bottom-right": nothing,
  left: nothing,
  "left-mid": nothing,
  mid: nothing,
  "mid-mid": nothing,
  right: nothing,
  "right-mid": nothing,
  middle: "  ",
} as const;

/** A table whose columns also line up where Hangul takes two cells. `right` names the columns of numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const drawn = new Table({
    head: [...head],
    chars: bare,
    colAligns: head.map((_, column) => (right.includes(column) ? "right" : "left")),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) drawn.push([...row]);
  return lines(drawn.toString());
}

/** Two columns, name and value. */
export function sheet(rows: readonly (readonly [string, string])[]): string {
  const drawn = new Table({ chars: bare, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } });
  for (const row of rows) drawn.push([...row]);
  return lines(drawn.toString());
}

const lines = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");

/** Text that came from another machine: without control characters, which could write over the screen. */
export function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "");
}
