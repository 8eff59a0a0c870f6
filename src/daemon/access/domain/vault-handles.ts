/** Handles of the vault, and their placeholders in the arguments of a tool. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const handle = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const placeholder = /\{\{\s*vault:([^{}]{0,80})\}\}/g;

/** `[a-z0-9]`, then up to 62 of `[a-z0-9._-]`. */
export const isHandle = (text: string): boolean => handle.test(text);

export type Refusal =
  | { ok: false; code: "vault.locked" | "vault.unknown-handle" | "vault.host-not-bound" | "vault.canary"; handle: string }
  | { ok: false; code: "vault.bad-placeholder"; handle: string };
export type Taken = { ok: true; value: string } | Refusal;

/** Handles that `value` names, in order and once each; for showing and for binding, without taking anything. */
export function handlesIn(value: Json): string[] {
  const names = new Set<string>();
  walk(value, (text) => {
    for (const [, name = ""] of text.matchAll(placeholder)) names.add(name.trim());
    return text;
  });
  return [...names];
}

/**
 * `value` with each `{{vault:HANDLE}}` in its strings replaced by what `take` gives; all or nothing. For the values of environment variables, for stdin
 * and for HTTP headers and bodies. Never for argv: other processes read it; the caller keeps placeholders there from getting this far.
 * Keys are not filled: a placeholder in a key is refused. What was filled in is not looked at again.
 */
export function fillHandles(value: Json, take: (handle: string) => Taken): { ok: true; value: Json; used: string[] } | Refusal {
  const used = new Set<string>();
  let refusal: Refusal | undefined;
  const filled = walk(
    value,
    (text) =>
      text.replace(placeholder, (_whole, inner: string) => {
        const name = inner.trim();
        const taken: Taken = refusal ?? (isHandle(name) ? take(name) : { ok: false, code: "vault.bad-placeholder", handle: name });
        if (!taken.ok) {
          refusal = taken;
          return "";
        }
        used.add(name);
        return taken.value;
      }),
    (key) => {
      if (/\{\{\s*vault:/.test(key)) refusal ??= { ok: false, code: "vault.bad-placeholder", handle: "" };
    },
  );
  return refusal ?? { ok: true, value: filled, used: [...used] };
}

function walk(value: Json, onText: (text: string) => string, onKey: (key: string) => void = () => undefined): Json {
  if (typeof value === "string") return onText(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((item) => walk(item, onText, onKey));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      onKey(key);
      return [key, walk(item, onText, onKey)];
    }),
  );
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const hostPattern = /^(?:local|(?:\*\.)?[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9-]{1,63})*(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?)$/;

/** `api.example.com`, `*.example.com` (subdomains, not the domain itself), with `:port` if only that port; `local` for tools that send nothing. */
export const isHostPattern = (text: string): boolean => text.length <= 255 && hostPattern.test(text);

/** True when one of the patterns allows `host` (`name` or `name:port`). */
export function hostAllowed(host: string, patterns: readonly string[]): boolean {
  const wanted = host.toLowerCase().replace(/\.$/, "");
  if (!isHostPattern(wanted) || wanted.startsWith("*")) return false;
  const name = wanted.startsWith("[") ? wanted.slice(0, wanted.indexOf("]") + 1) : wanted.replace(/:\d+$/, "");
  return patterns.some((pattern) => {
    const withPort = /[^:]:\d+$|\]:\d+$/.test(pattern);
    const subject = withPort ? wanted : name;
    return pattern.startsWith("*.") ? subject.endsWith(pattern.slice(1)) && subject.length > pattern.length - 1 : subject === pattern;
  });
}
