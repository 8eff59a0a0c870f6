import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, expect, test, type Browser, type Page } from "@playwright/test";
import { buildShell, type BuiltShell } from "../fakes/electron/build.ts";
import { startShell, type Shell } from "../fakes/electron/shell.ts";

// Main, preload and a page in a real Chromium, put together by the second form of the fake `electron`.
const stub = fileURLToPath(new URL("../fakes/electron/stub-aosd.ts", import.meta.url));
const aosd = fileURLToPath(new URL("../../src/daemon/main.ts", import.meta.url));

let built: BuiltShell;
let hostile: Server;
let hostileUrl = "";
/** Requests that reached the hostile server. */
let hits: string[] = [];
let shell: Shell;
let browser: Browser;

async function open(setting: { outDir: string; daemon: string; env?: Record<string, string> }): Promise<Page> {
  shell = await startShell(setting);
  browser = await chromium.connectOverCDP(shell.endpoint);
  return consolePage();
}
/** The window's page as it is now: after a crash it is another one. */
const consolePage = () => pageAt("https://console.app.test/");
async function pageAt(start: string): Promise<Page> {
  await expect.poll(() => pages().map((page) => page.url())).toContainEqual(expect.stringContaining(start));
  const found = pages().find((page) => page.url().startsWith(start));
  if (found === undefined) throw new Error(`no page at ${start}`);
  return found;
}
const pages = () => browser.contexts().flatMap((context) => context.pages());
const state = () => shell.order({ do: "state" });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  built = await buildShell();
  hostile = createServer((request, response) => {
    hits.push(request.url ?? "");
    response.writeHead(200, { "content-type": "text/html" }).end("<title>hostile</title><p>hostile</p>");
  });
  await new Promise<void>((resolve) => hostile.listen(0, "127.0.0.1", resolve));
  hostileUrl = `http://127.0.0.1:${String((hostile.address() as AddressInfo).port)}`;
});
test.afterAll(() => {
  hostile.close();
  hostile.closeAllConnections();
  built.remove();
});
test.beforeEach(() => {
  hits = [];
});
test.afterEach(async () => {
  await browser.close();
  const { code, insisted } = await shell.stop();
  expect({ code, insisted }).toEqual({ code: 0, insisted: false });
});

test("frames go from the page to the local aosd and back, as text and as bytes", async () => {
  const page = await open({ outDir: built.trial, daemon: stub });
  await expect(page.locator("#answer")).toHaveText(/^hello from \d+ via ipc$/);
  await page.evaluate("trial.sendBytes(1, 2, 254)");
  await expect(page.locator("#answer")).toHaveText("bytes 2,3,255");
  expect(JSON.parse((await page.locator("#shell").textContent()) ?? "")).toMatchObject({ shell: "electron", version: "0.1.0" });
  expect(await page.evaluate("Object.isFrozen(window.aos) && typeof require === 'undefined' && typeof process === 'undefined'")).toBe(true);
  expect(await state()).toMatchObject({ windows: 1, visible: true, url: "app://console/", title: "무펭이즘 AOS" });
});

test("the page comes from main's own protocol handler, under its policy", async () => {
  const page = await open({ outDir: built.trial, daemon: stub });
  const violation = page.evaluate(
    "new Promise((done) => document.addEventListener('securitypolicyviolation', (e) => done(e.effectiveDirective), { once: true }))",
  );
  await page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://elsewhere.test/' }))");
  expect(await violation).toBe("frame-src");
  expect(await page.evaluate("fetch('/../../package.json').then((r) => r.status, () => 'failed')")).not.toBe(200);
  expect(await page.evaluate("fetch('/%2e%2e/%2e%2e/package.json').then((r) => r.status, () => 'failed')")).not.toBe(200);
  expect(await page.evaluate("fetch('/..%5c..%5cpackage.json').then((r) => r.status)")).toBe(400);
  const headers = await page.evaluate("fetch('/index.html').then((r) => Object.fromEntries(r.headers))");
  expect(headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "content-type": "text/html; charset=utf-8",
  });
});

test("navigation away, window.open and requests to the network are refused, and nothing reaches the other side", async () => {
  const page = await open({ outDir: built.trial, daemon: stub });
  await expect(page.locator("#answer")).toHaveText(/^hello/);
  await page.evaluate(`void (location.href = ${JSON.stringify(`${hostileUrl}/navigate`)})`);
  await expect.poll(() => shell.log()).toContain('"event":"will-navigate"');
  await page.evaluate(`void window.open(${JSON.stringify(`${hostileUrl}/open`)})`);
  await expect.poll(async () => (await state()).opened.map((one) => one.verdict)).toEqual(["deny"]);
  expect(await page.evaluate(`fetch(${JSON.stringify(`${hostileUrl}/fetch`)}, { mode: "no-cors" }).then(() => "through", () => "refused")`)).toBe("refused");
  await page.evaluate(`void (new Image().src = ${JSON.stringify(`${hostileUrl}/image`)})`);
  await page.waitForTimeout(300);
  expect(hits).toEqual([]);
  expect(await state()).toMatchObject({ windows: 1, url: "app://console/" });
  await expect(page.locator("#answer")).toHaveText(/^hello/);
  await expect.poll(() => pages().length).toBeLessThanOrEqual(2);
});

test("the page gets no permission but writing to the clipboard", async () => {
  const page = await open({ outDir: built.trial, daemon: stub });
  const ask = (name: string) => page.evaluate((name) => navigator.permissions.query({ name: name as PermissionName }).then((status) => status.state), name);
  expect(await page.evaluate("Notification.requestPermission()")).toBe("denied");
  expect(await page.evaluate("new Promise((done) => navigator.geolocation.getCurrentPosition(() => done('given'), (e) => done(e.code)))")).toBe(1);
  for (const name of ["geolocation", "notifications", "camera", "microphone", "clipboard-read"]) expect(await ask(name), name).toBe("denied");
  expect(await ask("clipboard-write")).toBe("granted");
});

test("a page of another origin in our own window, and a forged sender, get no port", async () => {
  const page = await open({ outDir: built.trial, daemon: stub });
  await expect(page.locator("#answer")).toHaveText(/^hello/);
  for (const url of ["https://evil.example/", "app://console.evil.example/", "file:///etc/passwd", "app://console/"]) {
    // Even the right address does not help a frame that the window doesn't have.
    expect((await shell.order({ do: "forge", channel: "aos:port", url })).posted, url).toBe(0);
  }
  expect(shell.log()).toContain('"event":"ipc.refused"');

  await expect(shell.order({ do: "force-load", url: `${hostileUrl}/asks` })).resolves.toMatchObject({ url: `${hostileUrl}/asks` });
  const intruder = await pageAt(`${hostileUrl}/asks`);
  const answer = await intruder.evaluate(`new Promise((done) => {
    addEventListener("message", (event) => event.data?.type === "aos:port" && done("a port"));
    postMessage({ type: "aos:port-request" }, location.origin);
    setTimeout(() => done("nothing"), 700);
  })`);
  expect(answer).toBe("nothing");
  expect(shell.log()).toContain('"reason":"wrong-origin"');
});

test("the window comes back after its renderer crashes, and asks when it keeps crashing", async () => {
  let page = await open({ outDir: built.trial, daemon: stub });
  for (let time = 1; time <= 3; time++) {
    await expect(page.locator("#answer")).toHaveText(/^hello/);
    const old = page;
    const session = await page.context().newCDPSession(page);
    void session.send("Page.crash").catch(() => undefined);
    await expect.poll(() => pages().includes(old)).toBe(false);
    page = await consolePage();
    expect((await state()).windows).toBe(1);
  }
  await expect(page.locator("#answer")).toHaveText(/^hello/);
  const session = await page.context().newCDPSession(page);
  void session.send("Page.crash").catch(() => undefined);
  await expect.poll(async () => (await state()).questions).toBe(1);
  await shell.order({ do: "answer", button: 0 });
  await expect.poll(async () => (await state()).url).toBe("app://console/");
  await expect((await consolePage()).locator("#answer")).toHaveText(/^hello/);
});

test("the local aosd crashes and comes back; the page asks for a new port and talks again", async () => {
  const page = await open({ outDir: built.trial, daemon: stub });
  await expect(page.locator("#answer")).toHaveText(/^hello from (\d+)/);
  const first = await page.locator("#answer").textContent();
  await page.evaluate("trial.send('die')");
  await expect(page.locator("#answer")).not.toHaveText(first ?? "", { timeout: 10_000 });
  await expect(page.locator("#answer")).toHaveText(/^hello from \d+ via ipc$/);
  await expect.poll(async () => (await state()).tray).toContain("동작 중이에요");
});

test("a second start brings the window to the screen that its link names, and only to a listed one", async () => {
  const page = await open({ outDir: built.trial, daemon: stub });
  await shell.order({ do: "second-instance", argv: ["aos", "mupengism-aos://power"] });
  await expect(page.locator("#route")).toHaveText("#/power");
  await shell.order({ do: "second-instance", argv: ["aos", "mupengism-aos://evil/../x"] });
  await expect(page.locator("#route")).toHaveText("#/power");
  await expect(page.locator("#answer")).toHaveText(/^hello/);
});

test("main, preload, the console and a real aosd show the overview with a live node, and again after aosd is killed", async () => {
  const page = await open({
    outDir: built.out,
    daemon: aosd,
    env: { AOS_LAN_HOST: "127.0.0.1", AOS_LAN_PORT: "0", AOS_LOOPBACK_PORT: "0", AOS_DISCOVERY: "off", AOS_NAME: "책상 위" },
  });
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  const pid = () => (JSON.parse(readFileSync(join(shell.folder, "aosd", "aosd.json"), "utf8")) as { pid: number }).pid;
  const main = page.locator("main");
  const seen = (text: string | RegExp) => main.getByText(text).filter({ visible: true }).first();
  const live = async () => {
    await expect(seen("책상 위")).toBeVisible({ timeout: 20_000 });
    await expect(seen("동작 중")).toBeVisible();
    // Its age is a fresh one: the value is fed, not left over.
    await expect(seen(/^[01]\.\d초 전/)).toBeVisible({ timeout: 20_000 });
  };
  await live();
  const first = pid();
  process.kill(first, "SIGKILL");
  await expect.poll(async () => (await state()).tray).not.toContain("동작 중이에요");
  await expect.poll(async () => (await state()).tray, { timeout: 20_000 }).toContain("동작 중이에요");
  expect(pid()).not.toBe(first);
  await live();
  await shell.order({ do: "second-instance", argv: ["aos", "mupengism-aos://power"] });
  await expect(page).toHaveURL(/#\/power$/);
  await expect(main.getByRole("heading", { level: 1 })).toBeVisible();
  expect(errors).toEqual([]);
});
