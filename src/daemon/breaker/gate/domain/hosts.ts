/** `host` or `host:port` of an address as it would be dialled, in lower case; null where there is none or its protocol isn't known. The usual port is left out. */
export function hostOf(address: string): string | null {
  const text = address.trim();
  const withProtocol = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(withProtocol)) return null;
  const url = new URL(withProtocol);
  if (!usual.has(url.protocol) || url.hostname === "") return null;
  const port = url.port === "" || url.port === usual.get(url.protocol) ? "" : `:${url.port}`;
  return `${url.hostname.toLowerCase().replace(/\.$/, "")}${port}`;
}

const usual = new Map([
  ["http:", "80"],
  ["https:", "443"],
  ["ftp:", "21"],
  ["sftp:", "22"],
  ["ssh:", "22"],
  ["git:", "9418"],
  ["ws:", "80"],
  ["wss:", "443"],
]);

/** True when the owner's list names the host: exactly, without its port, or as `*.below`. */
export function isListed(host: string, listed: readonly string[]): boolean {
  const bare = host.replace(/:\d+$/, "");
  return listed.some((entry) => {
    if (!entry.startsWith("*.")) return entry === host || entry === bare;
    const [below = "", port] = entry.slice(2).split(":");
    return (port === undefined || host.endsWith(`:${port}`)) && bare.endsWith(`.${below}`) && bare.length > below.length + 1;
  });
}

const found = /\b(?:https?|wss?|ftp|sftp|ssh|git):\/\/[^\s"'<>()]+/gi;
/** Hosts of the addresses in a text, at most 32. */
export const hostsIn = (text: string): string[] => [
  ...new Set([...text.slice(0, 65_536).matchAll(found)].slice(0, 32).flatMap(([address]) => hostOf(address) ?? [])),
];
