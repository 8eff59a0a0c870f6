import type { BrowserContext, Page } from "@playwright/test";

/** What a page complained of. Each list must stay empty. */
export interface Complaints {
  consoleErrors: string[];
  cspReports: string[];
}

/** Chromium logs each request that fails while a daemon is down; a spec that ends a daemon on purpose may leave those out. */
export const networkNoise = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection to/;

/** Begins to listen to a page: errors on the console, errors nobody caught, and reports of the content security policy. */
export async function watchPage(page: Page): Promise<Complaints> {
  const complaints: Complaints = { consoleErrors: [], cspReports: [] };
  const isReport = (text: string) => /Content Security Policy|Trusted Type|TrustedHTML|TrustedScript/i.test(text);
  page.on("console", (message) => {
    const text = message.text();
    if (isReport(text)) complaints.cspReports.push(text);
    else if (message.type() === "error" || message.type() === "warning") complaints.consoleErrors.push(`${message.type()}: ${text}`);
  });
  page.on("pageerror", (error) => complaints.consoleErrors.push(`uncaught: ${String(error)}`));
  page.on("crash", () => complaints.consoleErrors.push("the page crashed"));
  await page.exposeFunction("aosCspReport", (text: string) => void complaints.cspReports.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const report = (window as unknown as { aosCspReport: (text: string) => void }).aosCspReport;
      report(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return complaints;
}

/** Keeps a context from reaching anything but this machine: a console asks nobody else. */
export async function stayHome(context: BrowserContext): Promise<string[]> {
  const strayed: string[] = [];
  await context.route(
    (url) => url.hostname !== "127.0.0.1" && url.hostname !== "localhost",
    (route) => {
      strayed.push(route.request().url());
      return route.abort();
    },
  );
  return strayed;
}
