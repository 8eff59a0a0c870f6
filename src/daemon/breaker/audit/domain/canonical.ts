/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Deeper values are refused: a cycle must not end in a stack overflow. */
const DEEPEST = 64;

/**
 * The one text of a JSON value (RFC 8785): keys in UTF-16 order, numbers and escapes as ECMAScript writes them, no spaces. Equal values give
 * equal text, so it can be hashed. Throws TypeError for what JSON can't say: undefined, NaN, Infinity, lone surrogates, dates, functions,
 * symbols, holes, accessors, more than 64 levels.
 */
export const canonical = (value: Json): string => write(value, 0);

function write(value: unknown, depth: number): string {
  if (depth > DEEPEST) throw new TypeError("too deep for canonical JSON");
  if (value === null) return "null";
  if (typeof value === "string") return text(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError("canonical JSON has finite numbers only");
    return JSON.stringify(value);
  }
  if (typeof value !== "object") throw new TypeError(`canonical JSON has no ${typeof value}`);
  return Array.isArray(value) ? array(value, depth) : object(value, depth);
}

function text(value: string): string {
  if (!value.isWellFormed()) throw new TypeError("canonical JSON has no lone surrogates");
  return JSON.stringify(value);
}

/** `Array.from` turns holes into undefined, which is then refused. */
const array = (items: readonly unknown[], depth: number) => `[${Array.from(items, (item) => write(item, depth + 1)).join(",")}]`;

function object(value: object, depth: number): string {
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind !== Object.prototype && kind !== null) throw new TypeError("canonical JSON has plain objects only");
  if (Object.getOwnPropertySymbols(value).length > 0) throw new TypeError("canonical JSON has no symbols");
  const parts = Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, property]) => property.enumerable === true)
    // oxlint-disable-next-line unicorn/no-array-sort -- the list is our own; UTF-16 order is what the standard asks for
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, property]) => {
      // A getter could tell the hash one thing and the tool another.
      if (property.get !== undefined) throw new TypeError("canonical JSON has no accessors");
      return `${text(key)}:${write(property.value, depth + 1)}`;
    });
  return `{${parts.join(",")}}`;
}
