const secretKey = /^(pairing)?code$|secret|token|password|passphrase|privatekey|^key$|keypem|cookie|authorization|recovery|salt|proof|^w[01]$/i;

/** A copy with every value under a secret-looking key replaced, at any depth (to 6) and of bounded size. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.length > 2000 ? `${value.slice(0, 2000)}...` : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth > 6) return "[deep]";
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, isSecret(key, item) ? "[redacted]" : redact(item, depth + 1)]));
}

/** Fault codes are words and stay; a pairing code is digits and goes. */
function isSecret(key: string, item: unknown): boolean {
  if (typeof item === "number" || typeof item === "boolean" || !secretKey.test(key)) return false;
  return !/code$/i.test(key) || (typeof item === "string" && /\d{4}/.test(item));
}
