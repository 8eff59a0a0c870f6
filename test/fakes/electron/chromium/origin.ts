import { originOf } from "../contents.ts";

/**
 * Plain Chromium has no `app://`, so the console's origin goes by another name there: an https origin (a secure
 * context, as `app://` is) under a name that never resolves. Main sees `app://console` for exactly this origin; every
 * other origin it sees as it is, so that its checks decide on true values.
 */
const mapped = "https://console.app.test";

export const toChromium = (url: string): string =>
  url.startsWith("app://console/") || url === "app://console" ? mapped + url.slice("app://console".length) : url;

export function toElectron(url: string): string {
  return URL.canParse(url) && new URL(url).origin === mapped ? `app://console${url.slice(mapped.length)}` : url;
}
export const originToElectron = (url: string): string => originOf(toElectron(url));
export const isMapped = (url: string): boolean => URL.canParse(url) && new URL(url).origin === mapped;
