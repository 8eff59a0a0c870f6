import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FakeFrame, FakeIpcMain, FakeWebContents } from "../../test/fakes/electron/contents.ts";
import { createMemoryDriver } from "../../test/fakes/electron/driver.ts";
import { FakeChannel, FakePort } from "../../test/fakes/electron/ports.ts";
import { openDoor, portChannel } from "./ipc.ts";

async function setup() {
  const { driver, posted } = createMemoryDriver();
  const ipcMain = new FakeIpcMain();
  const page = new FakeWebContents(driver);
  await page.loadURL("app://console/#/power");
  const attached: string[] = [];
  const log: string[] = [];
  const close = openDoor({
    ipcMain: ipcMain as never,
    MessageChannelMain: FakeChannel,
    known: (contents) => contents.id === page.id,
    attach: () => {
      const name = `port ${attached.filter((one) => !one.endsWith("ended")).length + 1}`;
      attached.push(name);
      return () => attached.push(`${name} ended`);
    },
    log: (_level, event, fields) => log.push(`${event} ${String(fields?.["reason"])}`),
  });
  const send = (event: object = {}, ...args: unknown[]) =>
    ipcMain.emit(portChannel, { sender: page, senderFrame: page.mainFrame, ports: [], ...event }, ...args);
  return { driver, posted, page, send, attached, log, close };
}

describe("the door", () => {
  test("hands one end of a channel to the console's top frame", async () => {
    const { send, posted, attached } = await setup();
    send();
    expect(attached).toEqual(["port 1"]);
    expect(posted.map(({ channel, ports }) => [channel, ports.length])).toEqual([[portChannel, 1]]);
  });

  test("refuses every other sender, and writes down why", async () => {
    const { driver, page, send, posted, attached, log } = await setup();
    const stranger = new FakeWebContents(driver);
    await stranger.loadURL("app://console/");
    const gone = new FakeFrame("app://console/");
    gone.destroyed = true;
    const at = (url: string) => {
      page.mainFrame.url = url;
      page.mainFrame.origin = URL.canParse(url) ? (url.startsWith("app:") ? `app://${new URL(url).host}` : new URL(url).origin) : "null";
      send();
    };
    send({ senderFrame: null });
    send({ senderFrame: gone });
    send({ senderFrame: new FakeFrame("app://console/", page.mainFrame) });
    send({ senderFrame: new FakeFrame("app://console/") });
    for (const url of ["https://evil.example/", "app://other/", "app://console.evil/", "file:///x", "about:blank"]) at(url);
    at("app://console/");
    page.mainFrame.origin = "null";
    send();
    page.mainFrame.origin = "app://console";
    send({ sender: stranger, senderFrame: stranger.mainFrame });
    send({ ports: [new FakePort()] });
    send({}, "x".repeat(100));
    send({}, undefined, () => undefined, "y".repeat(100));
    expect(attached).toEqual(["port 1"]);
    expect(posted).toHaveLength(1);
    expect(new Set(log)).toEqual(
      new Set(["no-frame", "not-top", "wrong-origin", "unknown-window", "unexpected-ports", "too-large"].map((reason) => `ipc.refused ${reason}`)),
    );
  });

  test("a thousand refused messages make eleven log lines at most", async () => {
    const { send, log } = await setup();
    for (let i = 0; i < 1000; i++) send({ senderFrame: null });
    expect(log.length).toBeLessThanOrEqual(11);
  });

  test("a new request ends the port before it, and a closed window ends its last", async () => {
    const { send, attached, page, close } = await setup();
    send();
    send();
    expect(attached).toEqual(["port 1", "port 1 ended", "port 2"]);
    page.close();
    expect(attached.at(-1)).toBe("port 2 ended");
    close();
    send();
    expect(attached).toHaveLength(4);
  });
});

test("there is one door: nothing else in main listens on ipcMain, and the preload uses its channel", () => {
  const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  expect(sources.length).toBeGreaterThan(15);
  const listening = sources.filter((name) =>
    /ipcMain\s*\.\s*(on|once|handle|handleOnce|addListener)\s*\(/.test(readFileSync(`${import.meta.dirname}/${name}`, "utf8")),
  );
  expect(listening).toEqual(["ipc.ts"]);
  expect(readFileSync(`${import.meta.dirname}/../preload/index.ts`, "utf8")).toContain(`const channel = "${portChannel}"`);
});
