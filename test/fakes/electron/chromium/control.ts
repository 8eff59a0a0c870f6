import type { FakeElectron } from "../create.ts";
import type { FakeFrame } from "../contents.ts";
import type { createChromiumDriver } from "./driver.ts";

/** What a spec, in its own process, may ask of the fake. */
export type Order =
  | { do: "state" }
  | { do: "second-instance"; argv: string[] }
  | { do: "force-load"; url: string }
  /** A message that claims to come from `url`; not from a frame that this window has. */
  | { do: "forge"; channel: string; url: string }
  | { do: "answer"; button: number }
  | { do: "quit" };
export interface FakeReport {
  windows: number;
  url: string | null;
  visible: boolean;
  title: string | null;
  opened: { url: string; verdict: string }[];
  questions: number;
  tray: string | null;
  /** Ports that main has handed to a page because of this order. */
  posted: number;
}

/** Obeys orders that come over the process's IPC channel; answers each with a report. */
export function obey(deps: { fake: FakeElectron; chrome: ReturnType<typeof createChromiumDriver>; endpoint: string; newFrame(url: string): FakeFrame }): void {
  const { fake, chrome } = deps;
  const report = (posted = 0): FakeReport => ({
    windows: fake.windows.length,
    url: fake.windows.at(-1)?.webContents.getURL() ?? null,
    visible: fake.windows.at(-1)?.isVisible() ?? false,
    title: fake.windows.at(-1)?.options.title ?? null,
    opened: chrome.opened,
    questions: fake.dialog.asked.length,
    tray: fake.trays.at(-1)?.tip ?? null,
    posted,
  });
  async function follow(order: Order): Promise<FakeReport> {
    const contents = fake.windows.at(-1)?.webContents;
    switch (order.do) {
      case "state":
        return report();
      case "second-instance":
        fake.app.emit("second-instance", {}, order.argv, "", null);
        return report();
      case "force-load":
        if (contents !== undefined) await chrome.force(contents, order.url);
        return report();
      case "forge": {
        if (contents === undefined) return report();
        const before = contents.posts;
        fake.ipcMain.emit(order.channel, { sender: contents, senderFrame: deps.newFrame(order.url), ports: [] });
        return report(contents.posts - before);
      }
      case "answer":
        fake.dialog.asked.shift()?.answer(order.button);
        return report();
      case "quit":
        setImmediate(() => fake.app.quit());
        return report();
      default:
        throw new Error("unknown order");
    }
  }
  process.on("message", (order: Order & { id: number }) => {
    follow(order).then(
      (state) => process.send?.({ id: order.id, state }),
      (error: unknown) => process.send?.({ id: order.id, error: String(error) }),
    );
  });
  process.send?.({ chromium: deps.endpoint });
}
