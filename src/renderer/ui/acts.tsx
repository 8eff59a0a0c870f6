import type { ActionClass, Cell, Decision } from "../../contract/breaker.ts";
import { fill } from "../../words/fill.ts";
import { useLanguage, type Words } from "../app/language.tsx";
import type { GlyphName } from "../app/status.ts";
import { useFormat } from "../app/use-format.ts";
import { Glyph } from "./glyph.tsx";

interface Told {
  title: { code: string; params: Readonly<Record<string, string | number>> };
  class?: ActionClass | null;
  tool?: string;
}

const has = <T extends object>(table: T, key: string): key is Extract<keyof T, string> => Object.hasOwn(table, key);
const needs = (template: string) => [...template.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "");

/** Parameters as people read them: an amount with its currency, a mode by its word. */
function told(params: Told["title"]["params"], words: Words, money: (amount: number, currency: string) => string): Record<string, string | number> {
  const { mode, amount, currency } = params;
  return {
    ...params,
    ...(typeof mode === "string" && has(words.egressMode, mode) ? { mode: words.egressMode[mode] } : {}),
    ...(typeof amount === "number" && typeof currency === "string" && /^[A-Z]{3}$/.test(currency) ? { amount: money(amount, currency), currency: "" } : {}),
  };
}

/** An act in words. A code that is newer than this console, or one without its parameters, is told by its class or tool. */
export function actTitle({ title, class: of, tool }: Told, words: Words, money: (amount: number, currency: string) => string): string {
  const { params } = title;
  const code = title.code === "send" && Number(params["count"]) > 1 ? "send-many" : title.code;
  if (has(words.actTitle, code)) {
    const template = words.actTitle[code];
    if (needs(template).every((name) => Object.hasOwn(params, name) && params[name] !== ""))
      return fill(template, told(params, words, money))
        .replace(/ {2,}/g, " ")
        .trim();
    // Its kind is known, though nothing in it can be named: the kind says more than the tool's name.
    if (code !== "tool" && of !== null && of !== undefined) return words.actionClass[of];
  }
  const named = tool ?? params["tool"];
  if (named !== undefined) return fill(words.actTitle.tool, { tool: named });
  return of === null || of === undefined ? title.code : words.actionClass[of];
}

/** The same inside a component. */
export function useActTitle(): (told: Told) => string {
  const { words } = useLanguage();
  const { money } = useFormat();
  return (one) => actTitle(one, words, money);
}

/** The shape of a verdict. Verdicts have no colour: none of them is a fault. */
export const decisionGlyph: Record<Decision, GlyphName> = { allow: "on", notify: "late", ask: "off", "ask-console": "typed", deny: "failed" };

/** A verdict as shape and word. */
export function Verdict({ decision, word, className = "" }: { decision: Decision; word?: string; className?: string }) {
  const { words } = useLanguage();
  return (
    <span className={`inline-flex items-center gap-1.5 ${className}`}>
      <Glyph name={decisionGlyph[decision]} size={10} />
      <span>{word ?? words.decision[decision]}</span>
    </span>
  );
}

/** A cell of the table of levels: its verdict, or 조건부 where it holds under a limit only. */
export function CellView({ cell, conditional, className = "" }: { cell: Cell; conditional: string; className?: string }) {
  if (cell.within === null) return <Verdict decision={cell.decision} className={className} />;
  return (
    <span className={`inline-flex items-center gap-1.5 ${className}`}>
      <Glyph name="ready" size={10} />
      <span>{conditional}</span>
    </span>
  );
}
