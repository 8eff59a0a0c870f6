import { consoleOrigin, isConsoleUrl } from "./console-origin.ts";
import type { App, Session, WebContents } from "electron";
import type { Log } from "./log.ts";

/** The one permission that the console has: copying an address or a fingerprint. It can't read the clipboard. */
const allowed: ReadonlySet<string> = new Set(["clipboard-sanitized-write"]);

/** May the page at `url` in the top frame have `permission`? */
function mayHave(permission: string, url: string, topFrame: boolean): boolean {
  return topFrame && allowed.has(permission) && isConsoleUrl(url);
}

/** What a session's page may load: its own files, and data and blobs that it made itself. The network is aosd's business. */
export function mayLoad(url: string, developerTools: boolean): boolean {
  return isConsoleUrl(url) || url.startsWith("data:") || url.startsWith(`blob:${consoleOrigin}/`) || (developerTools && url.startsWith("devtools:"));
}

/** Closes every way out of one page: navigation, redirects, new windows, webviews. */
function guardContents(contents: WebContents, log: Log): void {
  const refused = (event: string, url: string) => log("warn", "guard.refused", { event, scheme: URL.canParse(url) ? new URL(url).protocol : "none" });
  contents.on("will-navigate", (event) => {
    if (isConsoleUrl(event.url) && event.isMainFrame) return;
    event.preventDefault();
    refused("will-navigate", event.url);
  });
  contents.on("will-frame-navigate", (event) => {
    if (isConsoleUrl(event.url) && event.isMainFrame) return;
    event.preventDefault();
    refused("will-frame-navigate", event.url);
  });
  contents.on("will-redirect", (event) => {
    event.preventDefault();
    refused("will-redirect", event.url);
  });
  contents.on("will-attach-webview", (event) => {
    event.preventDefault();
    refused("will-attach-webview", "");
  });
  contents.setWindowOpenHandler(({ url }) => {
    refused("window-open", url);
    return { action: "deny" };
  });
}

/** Denies a session all permissions but the listed one, all devices, all loading from outside, and downloads that no page of ours made. */
export function guardSession(session: Session, options: { developerTools: boolean; log: Log }): void {
  const { developerTools, log } = options;
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    const granted = mayHave(permission, details.requestingUrl, details.isMainFrame);
    if (!granted) log("warn", "guard.permission-refused", { permission });
    callback(granted);
  });
  session.setPermissionCheckHandler(
    (contents, permission, origin, details) =>
      contents !== null && mayHave(permission, details.requestingUrl ?? `${origin.replace(/\/$/, "")}/`, details.isMainFrame),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
  session.webRequest.onBeforeRequest((details, callback) => {
    const cancel = !mayLoad(details.url, developerTools);
    if (cancel) log("warn", "guard.request-refused", { type: details.resourceType });
    callback({ cancel });
  });
  session.on("will-download", (event, item) => {
    if (item.getURL().startsWith(`blob:${consoleOrigin}/`)) return;
    event.preventDefault();
    log("warn", "guard.download-refused");
  });
}

/** Guards each web contents that ever comes to be, and refuses certificates and credentials for all of them. */
export function guardApp(app: App, log: Log): void {
  app.on("web-contents-created", (_event, contents) => {
    guardContents(contents, log);
    const type = contents.getType();
    if (type === "window" || type === "remote") return;
    log("warn", "guard.contents-refused", { type });
    contents.close();
  });
  app.on("certificate-error", (event, _contents, _url, error, _certificate, callback) => {
    event.preventDefault();
    callback(false);
    log("warn", "guard.certificate-refused", { error });
  });
  app.on("select-client-certificate", (event, _contents, _url, _list, callback) => {
    event.preventDefault();
    callback();
  });
  app.on("login", (event, _contents, _details, _info, callback) => {
    event.preventDefault();
    callback();
  });
}
