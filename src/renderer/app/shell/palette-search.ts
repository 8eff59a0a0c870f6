export interface Entry {
  id: string;
  group: "screens" | "nodes" | "acts";
  text: string;
  /** Further words it is found by. */
  also: string;
}

const plain = (text: string) => text.normalize("NFC").toLowerCase();

/** Entries that hold each word of the query, in their own order. */
export function matching<E extends Entry>(entries: readonly E[], query: string): E[] {
  const words = plain(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  return entries.filter((entry) => {
    const text = plain(`${entry.text} ${entry.also}`);
    return words.every((word) => text.includes(word));
  });
}
