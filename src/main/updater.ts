import type { AppUpdater } from "electron-updater";
import type { Log } from "./log.ts";

/** The part of electron-updater that is used. */
export type Updater = Pick<
  AppUpdater,
  | "autoDownload"
  | "autoInstallOnAppQuit"
  | "allowDowngrade"
  | "allowPrerelease"
  | "disableWebInstaller"
  | "requestHeaders"
  | "setFeedURL"
  | "checkForUpdates"
  | "downloadUpdate"
  | "quitAndInstall"
>;

/** A feed must be https; plain http only to this machine itself. */
export function feedAllowed(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname));
}

/**
 * Looks for a new version once, at a feed that the configuration names (the appliance serves one on the LAN).
 * Without a feed nothing is loaded and nothing is asked. A person decides on the download, and again on the install.
 */
export async function checkForUpdate(deps: {
  feed: string | null;
  load: () => Promise<Updater>;
  /** Sent as a bearer token, if there is one. */
  token: () => Promise<string | null>;
  ask: (question: "download" | "install", version: string) => Promise<boolean>;
  log: Log;
}): Promise<"off" | "none" | "declined" | "downloaded" | "installing" | "failed"> {
  if (deps.feed === null) return "off";
  if (!feedAllowed(deps.feed)) {
    deps.log("error", "updater.feed-refused");
    return "off";
  }
  try {
    const updater = await deps.load();
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    updater.allowDowngrade = false;
    updater.allowPrerelease = false;
    updater.disableWebInstaller = true;
    const token = await deps.token();
    if (token !== null) updater.requestHeaders = { authorization: `Bearer ${token}` };
    updater.setFeedURL({ provider: "generic", url: deps.feed });
    const found = await updater.checkForUpdates();
    if (found === null || !found.isUpdateAvailable) return "none";
    if (!(await deps.ask("download", found.updateInfo.version))) return "declined";
    await updater.downloadUpdate();
    if (!(await deps.ask("install", found.updateInfo.version))) return "downloaded";
    updater.quitAndInstall();
    return "installing";
  } catch (error) {
    deps.log("warn", "updater.failed", { reason: error instanceof Error ? error.message : String(error) });
    return "failed";
  }
}
