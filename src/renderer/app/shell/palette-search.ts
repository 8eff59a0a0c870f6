export interface Entry {
  id: string;
  group: "screens" | "nodes" | "acts";
  text: string;
  /** Further words it is found by. */
  also: string;
}

const plain = (text: string) => text.normalize("NFC").toLowerCase();

/** Entries that hold each word of the query, in their own order; first those that are called so, for an id may hold any digit. */
export function matching<E extends Entry>(entries: readonly E[], query: string): E[] {
  const words = plain(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  const found = entries.filter((entry) => {
    const text = plain(`${entry.text} ${entry.also}`);
    return words.every((word) => text.includes(word));
  });
  const isNamed = (entry: E) => plain(entry.text).includes(words.join(" "));
  return [...found.filter(isNamed), ...found.filter((entry) => !isNamed(entry))];
}
