import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFakeClock } from "../../test/fakes/electron/clock.ts";
import { createFakeElectron } from "../../test/fakes/electron/create.ts";
import { createMemoryDriver } from "../../test/fakes/electron/driver.ts";
import { FakeSafeStorage } from "../../test/fakes/electron/parts.ts";
import { backOff } from "./budget.ts";
import { crashBudget, createCrashGuard } from "./crash.ts";
import { routeInArguments, routeOf } from "./deep-link.ts";
import { createSecrets } from "./secrets.ts";
import { parseSettings } from "./settings.ts";
import { checkForUpdate, feedAllowed, type Updater } from "./updater.ts";
import { words } from "./words.ts";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "aos-small-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a deep link", () => {
  test.each([
    ["mupengism-aos://overview", "/"],
    ["mupengism-aos://power", "/power"],
    ["MUPENGISM-AOS://Settings/", "/settings"],
    ["mupengism-aos://nodes/abcdefgh234567ab", "/nodes/abcdefgh234567ab"],
  ])("%s opens %s", (link, route) => expect(routeOf(link)).toBe(route));
  test.each([
    "mupengism-aos://",
    "mupengism-aos://stop",
    "mupengism-aos://power/now",
    "mupengism-aos://nodes",
    "mupengism-aos://nodes/../settings",
    "mupengism-aos://nodes/abc",
    "mupengism-aos://power?x=1",
    "mupengism-aos://power#x",
    "mupengism-aos://user@power",
    "mupengism-aos://power:81",
    "mupengism-aos://constructor",
    "mupengism-aos://__proto__",
    "https://power/",
    "javascript:alert(1)",
    "power",
    `mupengism-aos://nodes/${"a".repeat(300)}`,
  ])("%s opens nothing", (link) => expect(routeOf(link)).toBeNull());
  test("never becomes anything but one of the known routes", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const route = routeOf(`mupengism-aos://${text}`);
        expect(route ?? "/").toMatch(/^\/(power|connect|settings|nodes\/[a-z2-7]{16})?$/);
      }),
      { numRuns: 5000 },
    );
  });
  test("is found among a second start's arguments", () => {
    expect(routeInArguments(["aos", "--x", "mupengism-aos://bad/x", "mupengism-aos://power"])).toBe("/power");
    expect(routeInArguments(["aos", "x mupengism-aos://power"])).toBeNull();
  });
});

describe("secrets", () => {
  const setup = (platform = "linux") => {
    const safeStorage = new FakeSafeStorage();
    return { safeStorage, secrets: createSecrets({ safeStorage: safeStorage as never, platform, file: (name) => join(folder, "secrets", name) }) };
  };
  test("are kept sealed and come back", async () => {
    const { secrets } = setup();
    expect(await secrets.get("token")).toEqual({ ok: true, value: null });
    expect(await secrets.set("token", "아주 비밀")).toEqual({ ok: true, value: "아주 비밀" });
    expect(readFileSync(join(folder, "secrets", "token")).includes("비밀")).toBe(false);
    expect(await secrets.get("token")).toEqual({ ok: true, value: "아주 비밀" });
    await secrets.set("token", null);
    expect([await secrets.get("token"), readdirSync(join(folder, "secrets"))]).toEqual([{ ok: true, value: null }, []]);
  });
  test.each(["basic_text", "unknown"] as const)("are neither written nor read with the %s backend", async (backend) => {
    const { safeStorage, secrets } = setup();
    safeStorage.backend = backend;
    expect(await secrets.set("token", "x")).toEqual({ ok: false, code: "no-keychain" });
    expect(await secrets.get("token")).toEqual({ ok: false, code: "no-keychain" });
    expect(readdirSync(folder)).toEqual([]);
  });
  test("need a keychain on every system", async () => {
    const { safeStorage, secrets } = setup("darwin");
    safeStorage.available = false;
    expect(await secrets.set("token", "x")).toEqual({ ok: false, code: "no-keychain" });
  });
  test("of another keychain are unreadable, and a rotated key seals anew", async () => {
    const { safeStorage, secrets } = setup();
    await secrets.set("token", "x");
    safeStorage.rotated = true;
    expect(await secrets.get("token")).toEqual({ ok: true, value: "x" });
    writeFileSync(join(folder, "secrets", "token"), "foreign");
    expect(await secrets.get("token")).toEqual({ ok: false, code: "unreadable" });
  });
});

describe("the updater", () => {
  const setup = (available: boolean, answers: boolean[]) => {
    const did: string[] = [];
    const updater = {
      autoDownload: true,
      autoInstallOnAppQuit: true,
      allowDowngrade: true,
      allowPrerelease: true,
      disableWebInstaller: false,
      requestHeaders: null,
      setFeedURL: (feed: unknown) => void did.push(JSON.stringify(feed)),
      checkForUpdates: () => Promise.resolve({ isUpdateAvailable: available, updateInfo: { version: "0.2.0" } }),
      downloadUpdate: () => (did.push("download"), Promise.resolve([])),
      quitAndInstall: () => void did.push("install"),
    };
    const run = (feed: string | null) =>
      checkForUpdate({
        feed,
        load: () => (did.push("load"), Promise.resolve(updater as unknown as Updater)),
        token: () => Promise.resolve("abc"),
        ask: (question, version) => (did.push(`${question} ${version}?`), Promise.resolve(answers.shift() ?? false)),
        log: () => undefined,
      });
    return { did, updater, run };
  };
  test("is not even loaded without a feed, or with one that is not safe", async () => {
    const { did, run } = setup(true, []);
    for (const feed of [null, "http://10.0.0.2/updates", "file:///updates", "https://user:key@host/", "x"]) expect(await run(feed)).toBe("off");
    expect(did).toEqual([]);
    expect([feedAllowed("https://aos.local/updates"), feedAllowed("http://127.0.0.1:7480/updates")]).toEqual([true, true]);
  });
  test("downloads and installs nothing that a person did not ask for", async () => {
    const first = setup(true, [false]);
    expect(await first.run("https://aos.local/u")).toBe("declined");
    expect(first.did).toEqual(["load", '{"provider":"generic","url":"https://aos.local/u"}', "download 0.2.0?"]);
    expect(first.updater).toMatchObject({
      autoDownload: false,
      autoInstallOnAppQuit: false,
      allowDowngrade: false,
      disableWebInstaller: true,
      requestHeaders: { authorization: "Bearer abc" },
    });
    const second = setup(true, [true, false]);
    expect([await second.run("https://aos.local/u"), second.did.slice(2)]).toEqual(["downloaded", ["download 0.2.0?", "download", "install 0.2.0?"]]);
    const third = setup(true, [true, true]);
    expect([await third.run("https://aos.local/u"), third.did.at(-1)]).toEqual(["installing", "install"]);
    expect(await setup(false, []).run("https://aos.local/u")).toBe("none");
  });
});

describe("settings", () => {
  test.each([
    ["{", "desktop.json"],
    ["[]", "must be an object"],
    ['{"updatefeed":null}', 'unknown key "updatefeed"; allowed: updateFeed'],
    ['{"updateFeed":5}', "updateFeed must be"],
    ['{"updateFeed":"http://10.0.0.2/"}', "updateFeed must be"],
  ])("%s is refused by name", (text, problem) => expect(parseSettings(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) }));
  test("an empty object is the defaults", () => expect(parseSettings("{}")).toEqual({ ok: true, settings: { updateFeed: null } }));
});

describe("a page that dies", () => {
  function setup() {
    const { driver } = createMemoryDriver();
    const fake = createFakeElectron(driver, { userData: folder, appPath: "/", locale: "ko", packaged: true, first: true });
    const time = createFakeClock();
    const did: string[] = [];
    let reopen: (answer: "reopen" | "quit") => void = () => undefined;
    let frozen: (answer: "wait" | "reload") => void = () => undefined;
    const guard = createCrashGuard({
      app: fake.electron.app,
      replace: () => did.push("replace"),
      askReopen: () => (did.push("ask"), new Promise((resolve) => (reopen = resolve))),
      askFrozen: () => (did.push("frozen?"), new Promise((resolve) => (frozen = resolve))),
      quit: () => did.push("quit"),
      clock: time.clock,
      log: () => undefined,
    });
    const window = new fake.electron.BrowserWindow({});
    guard.watch(window);
    const die = (reason = "crashed") => fake.windows[0]?.webContents.emit("render-process-gone", {}, { reason, exitCode: 1 });
    return { window, fake, time, did, die, reopen: (a: "reopen" | "quit") => reopen(a), frozen: (a: "wait" | "reload") => frozen(a) };
  }
  test("comes back three times a minute, and then asks", async () => {
    const { did, die, time, reopen } = setup();
    for (let i = 0; i < crashBudget.tries; i++) die();
    expect(did).toEqual(["replace", "replace", "replace"]);
    die("oom");
    expect(did.at(-1)).toBe("ask");
    reopen("reopen");
    await time.settle();
    expect(did.at(-1)).toBe("replace");
    await time.move(crashBudget.withinMs);
    die();
    expect(did.filter((one) => one === "ask")).toHaveLength(1);
  });
  test("quits when the person says so, and a clean exit is no crash", async () => {
    const { did, die, time, reopen } = setup();
    die("clean-exit");
    expect(did).toEqual([]);
    for (let i = 0; i <= crashBudget.tries; i++) die();
    reopen("quit");
    await time.settle();
    expect(did.at(-1)).toBe("quit");
  });
  test("or hangs is asked about once, and killed only at a word", async () => {
    const { fake, did, time, frozen } = setup();
    const [window] = fake.windows;
    window?.emit("unresponsive");
    window?.emit("unresponsive");
    expect(did).toEqual(["frozen?"]);
    frozen("wait");
    await time.settle();
    expect(did).toEqual(["frozen?"]);
    window?.emit("unresponsive");
    frozen("reload");
    await time.settle();
    expect(did).toEqual(["frozen?", "frozen?", "replace"]);
  });
});

test("back-off doubles, is bounded, and jitters by a fifth", () => {
  expect([1, 2, 3, 7, 50].map((n) => backOff(n, () => 0.5))).toEqual([500, 1000, 2000, 30_000, 30_000]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, r) => backOff(n, () => r) >= 400 && backOff(n, () => r) <= 36_000,
    ),
  );
});

test("the shell's words are there in both languages, and each is of its language", () => {
  expect(Object.entries(words.ko).filter(([, text]) => !/[가-힣]/.test(text))).toEqual([]);
  expect(Object.entries(words.en).filter(([, text]) => /[가-힣]/.test(text))).toEqual([]);
  expect(Object.keys(words.en).toSorted()).toEqual(Object.keys(words.ko).toSorted());
});
