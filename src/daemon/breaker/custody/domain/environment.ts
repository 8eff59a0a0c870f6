/** Set by custody itself; a caller that names one is refused. */
const own = new Set([
  "HOME",
  "TMPDIR",
  "AOS_CUSTODY",
  "AOS_GO",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
]);
const longestEnvironment = 128 * 1024;

export type EnvironmentRefusal = "env-name" | "env-value" | "env-too-large";

/** A secret by handle, as agents write it. Swapped for its value by the `fill` port alone. */
export const secretHandle = /\{\{\s*vault:/;

/** Whether an argument names a secret. An argument is seen by every account on the machine (`ps`), so such a call is refused. */
export const namesSecret = (args: readonly string[]): boolean => args.some((arg) => secretHandle.test(arg));

/** Checks what a caller wants to add to a tool's environment; null when it may. */
export function environmentRefusal(env: Readonly<Record<string, string>>): EnvironmentRefusal | null {
  let length = 0;
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || own.has(name)) return "env-name";
    if (value.includes("\0")) return "env-value";
    length += name.length + value.length;
  }
  return length > longestEnvironment ? "env-too-large" : null;
}

/** Names and values that send well-behaved programs to the proxy. Loopback inside the confinement is the tool's own, so nothing is excepted. */
export function proxyEnvironment(proxyUrl: string): Record<string, string> {
  const env: Record<string, string> = { NO_PROXY: "", no_proxy: "", NODE_USE_ENV_PROXY: "1" };
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) {
    env[name] = proxyUrl;
    env[name.toLowerCase()] = proxyUrl;
  }
  return env;
}

/**
 * The go message: shell text that the waiting launcher evaluates after it has given up its rights, and that ends with
 * the token. A message cut short (the daemon died while writing) has no token and starts nothing.
 */
export function goMessage(token: string, env: Readonly<Record<string, string>>): string {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return [...lines, `AOS_GO=${quoted(token)}`, ""].join("\n");
}

const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;
