import type { ArgumentKind, Tool } from "./tools.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A text of an act, and where it goes. */
export interface ActText {
  text: string;
  /** name: an address, a path, a word: it leaves too, and says nothing by itself. */
  where: "out" | "stored" | "command" | "name";
}

export const LONGEST_TEXT = 1_048_576;
const MOST_RECIPIENTS = 10_000;
const isText = (value: Json | undefined): value is string => typeof value === "string";

/** Why the arguments aren't what the tool takes; null: they are. */
export function problemOf(tool: Tool, args: Readonly<Record<string, Json>>): string | null {
  for (const [name, { kind, optional }] of tool.args) {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (value === undefined) {
      if (!optional) return name;
    } else if (!fits(kind, value)) return name;
  }
  return null;
}

function fits(kind: ArgumentKind, value: Json): boolean {
  switch (kind) {
    case "out":
    case "stored":
      return isText(value) && value.length <= LONGEST_TEXT;
    case "command":
      return isText(value) && value.length <= LONGEST_TEXT;
    case "word":
      return isText(value) && value.length > 0 && value.length <= 500;
    case "path":
    case "url":
      return isText(value) && value.length > 0 && value.length <= 4096 && !value.includes("\0");
    case "host":
      return isText(value) && /^\[?[\w.:*-]{1,255}\]?$/.test(value);
    case "handle":
      return isText(value) && /^[a-z0-9][a-z0-9._-]{0,62}$/.test(value);
    case "number":
      return typeof value === "number" && Number.isFinite(value) && value >= 0;
    case "flag":
      return typeof value === "boolean";
    case "json":
      return true;
    case "to":
    case "attachments": {
      const all = typeof value === "string" ? [value] : value;
      return (
        Array.isArray(all) &&
        all.length > 0 &&
        all.length <= MOST_RECIPIENTS &&
        all.every((one) => isText(one as Json) && one !== "" && (one as string).length <= 320)
      );
    }
  }
}

/** The strings of one address or several. */
export const listOf = (value: Json | undefined): string[] =>
  isText(value) ? [value] : Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

/** Arguments that the tool doesn't take: nobody has said what they do. */
export const strange = (tool: Tool, args: Readonly<Record<string, Json>>): string[] => Object.keys(args).filter((name) => !tool.args.has(name));

/** Every text in the arguments, keys included: where the tool doesn't say, it counts as outgoing. */
export function textsOf(tool: Tool | undefined, args: Readonly<Record<string, Json>>): ActText[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const kind = tool?.args.get(name)?.kind;
    const where = kind === undefined || kind === "json" || kind === "out" ? "out" : kind === "stored" || kind === "command" ? kind : "name";
    return deep(value).map((text) => ({ text, where }) satisfies ActText);
  });
}

function deep(value: Json, depth = 0): string[] {
  if (depth > 64) return [];
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((one) => deep(one, depth + 1));
  return Object.entries(value).flatMap(([key, one]) => [key, ...deep(one, depth + 1)]);
}
