/** Headers as Node gives them: name, value, name, value. */
export type RawHeaders = readonly string[];

/** Meant for the next hop only (RFC 9110 7.6.1), and what a proxy must not hand on. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-authentication-info",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** Naming one of these in Connection would take the message's frame or its destination away from under the next reader. */
const framing = new Set(["content-length", "transfer-encoding", "host", "authorization", "cookie", "content-type", "cache-control"]);

const pairs = (raw: RawHeaders): [string, string][] => raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ""] as [string, string]] : []));
const named = (raw: RawHeaders, wanted: string): string[] => pairs(raw).flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));
const tokens = (values: readonly string[]) =>
  values.flatMap((value) => value.split(",").map((token) => token.trim().toLowerCase())).filter((token) => token !== "");

/** Why a request is not read further; null when it may be. Two readings of where a message ends are how requests are smuggled. */
export function requestFault(raw: RawHeaders): "ambiguous-length" | "connection-names-framing" | "upgrade" | null {
  const lengths = named(raw, "content-length");
  const encodings = tokens(named(raw, "transfer-encoding"));
  if (lengths.length > 1 || lengths.some((value) => !/^\d{1,15}$/.test(value))) return "ambiguous-length";
  if (encodings.length > 0 && (lengths.length > 0 || encodings.length > 1 || encodings[0] !== "chunked")) return "ambiguous-length";
  if (named(raw, "host").length > 1) return "ambiguous-length";
  const connection = tokens(named(raw, "connection"));
  if (connection.includes("upgrade") || named(raw, "upgrade").length > 0) return "upgrade";
  return connection.some((token) => framing.has(token)) ? "connection-names-framing" : null;
}

/** The headers that go on to the other side, without those of this hop. `also`: further names to leave out, lower case. */
export function endToEnd(raw: RawHeaders, also: readonly string[] = []): string[] {
  const dropped = new Set([...hopByHop, ...tokens(named(raw, "connection")), ...also]);
  return pairs(raw).flatMap(([name, value]) => (dropped.has(name.toLowerCase()) ? [] : [name, value]));
}

/** Whether a request brings a body of unknown length. */
export const isChunked = (raw: RawHeaders): boolean => tokens(named(raw, "transfer-encoding")).includes("chunked");

/** The token of a `Proxy-Authorization: Basic` or `Bearer`; the user name is of no meaning. Undefined when there is none. `decode`: base64 to text. */
export function proxyToken(raw: RawHeaders, decode: (base64: string) => string): string | undefined {
  const values = named(raw, "proxy-authorization");
  const [scheme = "", value = ""] = (values.length === 1 ? (values[0] ?? "") : "").split(" ", 2);
  switch (scheme.toLowerCase()) {
    case "bearer":
      return value === "" ? undefined : value;
    case "basic":
      return decode(value).split(":").slice(1).join(":") || undefined;
    default:
      return undefined;
  }
}
