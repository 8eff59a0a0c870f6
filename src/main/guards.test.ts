import { describe, expect, test } from "vitest";
import { FakeWebContents } from "../../test/fakes/electron/contents.ts";
import { createFakeElectron } from "../../test/fakes/electron/create.ts";
import { createMemoryDriver } from "../../test/fakes/electron/driver.ts";
import { guardApp, guardSession, mayLoad } from "./guards.ts";

function setup() {
  const { driver } = createMemoryDriver();
  const fake = createFakeElectron(driver, { userData: "/none", appPath: "/none", locale: "ko", packaged: true, first: true });
  const log: string[] = [];
  guardApp(fake.electron.app, (_level, event) => log.push(event));
  guardSession(fake.electron.session.defaultSession, { developerTools: false, log: (_level, event) => log.push(event) });
  const contents = (type?: "webview" | "window" | "remote") => {
    const made = new FakeWebContents(driver, type);
    fake.app.emit("web-contents-created", {}, made);
    return made;
  };
  return { fake, contents, log };
}
const away = [
  "https://evil.example/",
  "http://127.0.0.1:8080/",
  "file:///etc/passwd",
  "data:text/html,x",
  "javascript:alert(1)",
  "app://other/",
  "app://console.evil/",
  "app://x@console/",
  "mupengism-aos://power",
  "about:blank",
  "",
];

describe("a page", () => {
  test.each(away)("can't leave for %s", (url) => {
    const page = setup().contents();
    expect([page.refuses("will-navigate", url), page.refuses("will-frame-navigate", url), page.refuses("will-redirect", url), page.judgeOpen(url)]).toEqual([
      true,
      true,
      true,
      "deny",
    ]);
  });
  test("may load itself again, in the top frame", () => {
    const page = setup().contents();
    expect(page.refuses("will-navigate", "app://console/#/power")).toBe(false);
    expect(page.refuses("will-frame-navigate", "app://console/", false)).toBe(true);
  });
  test("can open no window at all, its own address included, and no webview", () => {
    const page = setup().contents();
    expect(page.judgeOpen("app://console/")).toBe("deny");
    expect(page.refuses("will-attach-webview", "")).toBe(true);
  });
});

test("web contents of a kind that we never make are closed", () => {
  const { contents } = setup();
  expect(contents("webview").isDestroyed()).toBe(true);
  expect(contents("window").isDestroyed()).toBe(false);
});

describe("permissions", () => {
  const all = [
    "geolocation",
    "notifications",
    "media",
    "midi",
    "midiSysex",
    "clipboard-read",
    "display-capture",
    "openExternal",
    "fileSystem",
    "hid",
    "serial",
    "usb",
    "local-network-access",
    "idle-detection",
    "fullscreen",
    "pointerLock",
    "unknown",
    "constructor",
  ];
  test.each(all)("%s is refused, asked or checked", async (name) => {
    const { fake, contents } = setup();
    const page = contents();
    expect(await fake.session.request(page, name, "app://console/")).toBe(false);
    expect(fake.session.check(page, name, "app://console/")).toBe(false);
  });
  test("writing to the clipboard is for the console's top frame alone", async () => {
    const { fake, contents } = setup();
    const page = contents();
    const name = "clipboard-sanitized-write";
    expect([await fake.session.request(page, name, "app://console/"), fake.session.check(page, name, "app://console/")]).toEqual([true, true]);
    expect([await fake.session.request(page, name, "https://evil.example/"), fake.session.check(page, name, "https://evil.example/")]).toEqual([false, false]);
    expect([
      await fake.session.request(page, name, "app://console/", false),
      fake.session.check(page, name, "app://console/", false),
      fake.session.check(null, name, "app://console/"),
    ]).toEqual([false, false, false]);
  });
  test("devices and the screen are refused", async () => {
    const { fake } = setup();
    expect(fake.session.device("app://console")).toBe(false);
    expect(await fake.session.displayMedia()).toBeNull();
  });
});

describe("requests", () => {
  test("nothing but the page's own files is loaded", async () => {
    const { fake } = setup();
    for (const url of [
      "https://evil.example/x.js",
      "http://10.0.0.2/",
      "ws://10.0.0.2/",
      "file:///etc/passwd",
      "devtools://devtools/x",
      "blob:https://evil.example/1",
    ])
      expect([url, await fake.session.stops(url, "script")]).toEqual([url, true]);
    for (const url of ["app://console/assets/a.js", "data:image/png;base64,", "blob:app://console/1"])
      expect([url, await fake.session.stops(url, "image")]).toEqual([url, false]);
    expect(mayLoad("devtools://devtools/x", true)).toBe(true);
  });
  test("only a download that the page made itself goes through", () => {
    const { fake } = setup();
    const download = (url: string) => {
      let refused = false;
      fake.session.emit("will-download", { preventDefault: () => (refused = true) }, { getURL: () => url });
      return refused;
    };
    expect([download("https://evil.example/x.exe"), download("app://console/index.html"), download("blob:app://console/1")]).toEqual([true, true, false]);
  });
});

test("certificate errors, client certificates and logins are refused", () => {
  const { fake, contents } = setup();
  const page = contents();
  const prevented: string[] = [];
  const answers: unknown[] = [];
  const event = (name: string) => ({ preventDefault: () => prevented.push(name) });
  fake.app.emit("certificate-error", event("certificate"), page, "https://x/", "net::ERR", {}, (answer: boolean) => answers.push(answer));
  fake.app.emit("select-client-certificate", event("client"), page, "https://x/", [{}], (answer: unknown) => answers.push(answer));
  fake.app.emit("login", event("login"), page, {}, {}, (answer: unknown) => answers.push(answer));
  expect([prevented, answers]).toEqual([
    ["certificate", "client", "login"],
    [false, undefined, undefined],
  ]);
});
