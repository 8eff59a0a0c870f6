import { describe, expect, it } from "vitest";
import type { Checkpoint } from "../../contract/breaker.ts";
import { browserCrypto, createPinStore } from "./pin/keep.ts";
import { checkpointBytes } from "./pin/pin.ts";
import { createPinWatch } from "./pin-watch.ts";
import { createConsoleStore } from "./store.ts";

const tools = browserCrypto(crypto.subtle);
const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const keys = crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);

/** A checkpoint with a signature that holds. */
async function checkpoint(part: Partial<Checkpoint>): Promise<Checkpoint> {
  const pair = await keys;
  const publicKey = base64url(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  const body = { logId: "l1", size: 1, root: "a".repeat(64), at: 5, publicKey, ...part };
  return { ...body, signature: base64url(new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, new Uint8Array(checkpointBytes(body))))) };
}
function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

/** A console that is live, and a daemon that says what it is told to. */
function scene(storage = memory()) {
  const store = createConsoleStore(() => 0);
  store.setState({ link: { kind: "live" }, rack: { mainId: "n1" } as never, me: { role: "owner" } as never });
  const daemon: { says: Checkpoint | null | Error; asked: number } = { says: null, asked: 0 };
  const client = {
    breaker: {
      activity: {
        checkpoint: async () => {
          daemon.asked += 1;
          if (daemon.says instanceof Error) throw daemon.says;
          return daemon.says;
        },
        consistency: async () => ({ proof: [] }),
      },
    },
  };
  const clock = { now: () => 0, after: () => () => {}, every: () => () => {} };
  const watch = createPinWatch({ client, store, clock, pins: createPinStore(storage), crypto: tools });
  return { store, daemon, watch, storage };
}

describe("the console's pin", () => {
  it("trusts the first checkpoint it sees, and refuses another past of the same size", async () => {
    const { store, daemon, watch } = scene();
    daemon.says = await checkpoint({});
    await watch.check();
    expect(store.getState().pin).toEqual({ kind: "ok", size: 1 });
    daemon.says = await checkpoint({ root: "b".repeat(64) });
    await watch.check();
    expect(store.getState().pin).toEqual({ kind: "refused", why: "rebuilt" });
  });

  it("remembers across visits: a shorter log is refused", async () => {
    const { daemon, watch, storage } = scene();
    daemon.says = await checkpoint({ size: 9 });
    await watch.check();
    const later = scene(storage);
    later.daemon.says = await checkpoint({ size: 8 });
    await later.watch.check();
    expect(later.store.getState().pin).toEqual({ kind: "refused", why: "rolled-back" });
  });

  it("a proof that doesn't hold is refused", async () => {
    const { store, daemon, watch } = scene();
    daemon.says = await checkpoint({});
    await watch.check();
    daemon.says = await checkpoint({ size: 2, root: "c".repeat(64) });
    await watch.check();
    expect(store.getState().pin).toEqual({ kind: "refused", why: "rebuilt" });
  });

  it("an unreadable pin is no first visit", async () => {
    const storage = memory();
    storage.setItem("aos.pin.n1", "{");
    const { store, daemon, watch } = scene(storage);
    daemon.says = await checkpoint({});
    await watch.check();
    expect(store.getState().pin).toEqual({ kind: "refused", why: "unreadable" });
    await watch.accept();
    expect(store.getState().pin).toEqual({ kind: "ok", size: 1 });
  });

  it("a daemon that doesn't answer clears nothing", async () => {
    const { store, daemon, watch } = scene();
    daemon.says = await checkpoint({});
    await watch.check();
    daemon.says = await checkpoint({ root: "b".repeat(64) });
    await watch.check();
    daemon.says = new Error("gone");
    await watch.check();
    expect(store.getState().pin.kind).toBe("refused");
  });

  it("asks nothing for a role that may not look", async () => {
    const { store, daemon, watch } = scene();
    store.setState({ me: { role: "support" } as never });
    await watch.check();
    expect(daemon.asked).toBe(0);
  });
});
