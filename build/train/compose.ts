/** Sentences from a small grammar: `{name}` stands for one of a list, `[x|]` for a choice on the spot. Same seed, same sentences. */
export interface Grammar {
  lists: Readonly<Record<string, readonly string[]>>;
  /** Templates by what they teach. */
  attack: readonly string[];
  benign: readonly string[];
}

const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let value = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
  return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
};

/** Sentences of a label, `each` per template at most, all different. Throws where a template names an unknown list. */
export function compose(grammar: Grammar, label: "attack" | "benign", each: number, seed: number): string[] {
  const next = random(seed);
  const pick = (list: readonly string[]) => list[Math.floor(next() * list.length)] ?? "";
  const grow = (template: string, depth: number): string => {
    if (depth > 6) throw new Error(`a grammar that never ends: ${template}`);
    return template
      .replace(/\[([^\]]*)\]/g, (_, choice: string) => pick(choice.split("|")))
      .replace(/\{(\w+)\}/g, (_, name: string) => {
        const list = grammar.lists[name];
        if (list === undefined) throw new Error(`no list ${name}`);
        return grow(pick(list), depth + 1);
      });
  };
  const found = new Set<string>();
  for (const template of grammar[label])
    for (let count = 0; count < each; count++) {
      const text = grow(template, 0)
        .replace(/\s+/g, " ")
        .replace(/ ([.,?!])/g, "$1")
        .trim();
      found.add(text.charAt(0).toUpperCase() + text.slice(1));
    }
  return [...found];
}
