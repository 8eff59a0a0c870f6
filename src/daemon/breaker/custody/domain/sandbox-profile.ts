/** What a macOS sandbox profile needs to know. Paths absolute and resolved (macOS judges the real path, `/private/var/...`). */
export interface SandboxSpec {
  /** Port of the proxy on loopback; null: no network at all. */
  proxyPort: number | null;
  /** Folders and sockets that the tool neither reads nor writes nor dials. */
  hidden: readonly string[];
  /** Folders inside hidden ones that stay the tool's: its work folder. */
  kept: readonly string[];
}

/** A text of the profile language; control characters can't be written in it. */
function text(path: string): string {
  // oxlint-disable-next-line no-control-regex -- a path may hold any byte but 0
  if (!path.startsWith("/") || /[\u0000-\u001f]/.test(path)) throw new Error("a sandbox profile takes absolute paths without control characters");
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/**
 * Profile for `sandbox-exec -p`: no network but the proxy's port, no hidden folder, no other program's memory. The last
 * matching rule wins, so the work folder comes after the folders around it. Not verified on hardware.
 */
export function sandboxProfile({ proxyPort, hidden, kept }: SandboxSpec): string {
  if (proxyPort !== null && (!Number.isInteger(proxyPort) || proxyPort < 1 || proxyPort > 65_535)) throw new Error("a port is 1 to 65535");
  return [
    "(version 1)",
    "(allow default)",
    "(deny network*)",
    ...(proxyPort === null ? [] : [`(allow network-outbound (remote ip "localhost:${proxyPort}"))`]),
    // The resolver and the services that dial on another's behalf are reached over Mach, not over a socket.
    '(deny mach-lookup (global-name "com.apple.mDNSResponder") (global-name "com.apple.dnssd.service") (global-name "com.apple.nsurlsessiond"))',
    "(deny mach-task-name)",
    "(deny mach-priv-task-port)",
    "(deny process-info* (target others))",
    "(deny signal (target others))",
    "(allow signal (target same-sandbox))",
    ...hidden.map((path) => `(deny file* (subpath ${text(path)}))`),
    ...kept.map((path) => `(allow file* (subpath ${text(path)}))`),
    "",
  ].join("\n");
}
