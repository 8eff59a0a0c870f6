/** Where the console's page lives inside the shell. The door, the guards and the protocol all compare with these. */
export const scheme = "app";
const host = "console";
export const consoleOrigin = `${scheme}://${host}`;
export const consoleUrl = `${consoleOrigin}/`;

/** True for a URL of the console's own page or files. A foreign scheme, host, port or login part is not. */
export function isConsoleUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === `${scheme}:` && url.host === host && url.username === "" && url.password === "";
}
