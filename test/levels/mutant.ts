/** A named edit that some test must notice: the proof that the test can fail. */
export interface Mutant {
  /** What the edit breaks, as a sentence part: "certificate check off". */
  name: string;
  /** File from the root. */
  file: string;
  /** Text that stands in it exactly once, and what replaces it. */
  from: string;
  to: string;
  /** The vitest project and the test files that must go red; `test` narrows them by name. */
  red: { project: "domain" | "adapter" | "contract" | "repo"; files: readonly string[]; test?: string };
}

/** Applies the edit; undefined when it no longer fits. */
export function mutate(source: string, { from, to }: Pick<Mutant, "from" | "to">): string | undefined {
  const at = source.indexOf(from);
  if (at < 0 || source.includes(from, at + 1)) return undefined;
  return source.slice(0, at) + to + source.slice(at + from.length);
}
