/** A host and port as the ledger and the policy see it: lower case, no trailing dot, IPv6 without brackets. */
export interface Authority {
  host: string;
  port: number;
}

/** Reads `host:port` of a CONNECT. Undefined when it is anything else, a user name or a path among them. */
export function parseConnect(target: string): Authority | undefined {
  const found = /^(\[[0-9a-f:.]+\]|[^\s:/?#@\\[\]]+):(\d{1,5})$/i.exec(target);
  const port = Number(found?.[2]);
  const host = hostOf(found?.[1] ?? "");
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

export interface HttpTarget extends Authority {
  /** Path and query as they go to the far server. */
  path: string;
  /** The Host header for it. */
  hostHeader: string;
}

/** Reads the absolute `http:` address of a proxied request; undefined for other schemes, for a bare path and for user names in it. */
export function parseAbsolute(target: string): HttpTarget | undefined {
  if (!/^http:\/\/[^/?#@\\\s]+(?:[/?#]|$)/i.test(target) || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  const host = hostOf(url.hostname);
  if (host === undefined || url.username !== "" || url.password !== "") return undefined;
  const port = url.port === "" ? 80 : Number(url.port);
  return port < 1 ? undefined : { host, port, path: `${url.pathname}${url.search}`, hostHeader: url.host };
}

/** The URL standard's reading of a host: one that writes an address in an old way (`0x7f.1`, `2130706433`) is that address. */
function hostOf(text: string): string | undefined {
  const candidate = `http://${text}/`;
  if (text === "" || text.length > 255 || !URL.canParse(candidate)) return undefined;
  const { hostname, pathname, search, hash, username, port } = new URL(candidate);
  if (pathname !== "/" || search !== "" || hash !== "" || username !== "" || port !== "") return undefined;
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return host === "" ? undefined : host;
}
