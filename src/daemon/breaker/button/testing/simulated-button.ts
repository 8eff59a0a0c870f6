import { createSocket } from "node:dgram";
import { createClock } from "../../../kernel/clock.ts";
import { frameLine, noNonce, parseEnrol, parseHello, parseHost, type Claim } from "../domain/frame.ts";
import { fingerprintOf, hmacSha256 } from "../mac.ts";
import { openSerial } from "../serial.ts";

/** The times of the firmware, resources/firmware/button/aos_button.h. */
const sayEveryMs = 100;
const heldAfterMs = 5000;
const faultAfterMs = 500;
const releaseAfterMs = 50;

export interface SimulatedButton {
  press(): void;
  release(): void;
  /** The two contacts by themselves; true: closed, as they are while released. */
  setContacts(a: boolean, b: boolean): void;
  /** Ends the link from the button's side: silence, and with a socat cable both ends vanish. */
  unplug(): Promise<void>;
  /** Power off and on: forgets nonce and counter, keeps the key. */
  restart(): void;
  /** Freezes it: says nothing until `thaw`, though the link stays. */
  freeze(): void;
  thaw(): void;
  /** Any line, as somebody else on the wire would send it. */
  say(line: string): void;
  /** Every line that it said, in order. */
  readonly spoken: readonly string[];
  readonly claim: Claim;
  /** Where it was told to send its datagrams. */
  readonly target: { host: string; port: number } | null;
}

/** What the firmware does, without pins: contacts and lines in, lines out. `key` null: not enrolled. */
function createBody(first: Uint8Array | null, send: (line: string) => void) {
  const clock = createClock();
  const spoken: string[] = [];
  let key = first;
  let nonce = noNonce;
  let seq = 0;
  let target: SimulatedButton["target"] = null;
  let contacts = { a: true, b: true };
  let since = { both: -Infinity, open: 0, differ: 0 };
  let frozen = false;

  const claim = (): Claim => {
    const now = clock.mono();
    if (contacts.a !== contacts.b) return now - since.differ >= faultAfterMs ? "FAULT" : "STOP";
    if (!contacts.a) return now - since.open >= heldAfterMs ? "HELD" : "STOP";
    return now - since.both >= releaseAfterMs ? "RUN" : "STOP";
  };
  const put = (line: string) => {
    if (frozen) return;
    spoken.push(line);
    send(line);
  };
  let last: Claim = "RUN";
  const state = () => {
    last = claim();
    if (key !== null) put(frameLine({ claim: last, seq: ++seq, nonce }, key, hmacSha256));
  };
  const setContacts = (a: boolean, b: boolean) => {
    const now = clock.mono();
    if (a !== b && contacts.a === contacts.b) since = { ...since, differ: now };
    if (!a && !b && (contacts.a || contacts.b)) since = { ...since, open: now };
    if (a && b && !(contacts.a && contacts.b)) since = { ...since, both: now };
    contacts = { a, b };
    if (claim() !== last) state();
  };
  const held = () => !contacts.a && !contacts.b;
  const stopSaying = clock.every(sayEveryMs, state);
  const stopLooking = clock.every(10, () => {
    if (claim() !== last) state();
  });
  return {
    end() {
      stopSaying();
      stopLooking();
    },
    hear(line: string) {
      const hello = parseHello(line);
      if (hello !== null) {
        if (hello !== nonce) seq = 0;
        nonce = hello;
        state();
      } else if (line.startsWith("AOS1 ENROL ")) {
        const offered = parseEnrol(line);
        if (offered === null) return put("AOS1 REFUSED ENROL malformed");
        if (!held()) return put("AOS1 REFUSED ENROL not-held");
        key = Buffer.from(offered, "hex");
        target = null;
        nonce = noNonce;
        seq = 0;
        put(`AOS1 ENROLLED ${fingerprintOf(key)}`);
      } else if (line.startsWith("AOS1 HOST ")) {
        const to = parseHost(line);
        if (to === null) return put("AOS1 REFUSED HOST malformed");
        if (!held()) return put("AOS1 REFUSED HOST not-held");
        target = to;
        nonce = noNonce;
        seq = 0;
        put(`AOS1 HOSTED ${to.host} ${to.port}`);
      }
      return undefined;
    },
    handle: {
      press: () => setContacts(false, false),
      release: () => setContacts(true, true),
      setContacts,
      restart() {
        nonce = noNonce;
        seq = 0;
        state();
      },
      freeze() {
        frozen = true;
      },
      thaw() {
        frozen = false;
      },
      say: (line: string) => send(line),
      spoken,
      get claim() {
        return claim();
      },
      get target() {
        return target;
      },
    },
  };
}

/** A button at one end of a serial cable, that behaves as the firmware does. `key` null: one that was never enrolled. */
export async function startSimulatedButton(path: string, key: Uint8Array | null): Promise<SimulatedButton> {
  const wire: { send(line: string): void } = { send: () => undefined };
  const body = createBody(key, (line) => wire.send(line));
  const link = await openSerial(path, {
    onLine(line) {
      body.hear(line);
      return true;
    },
    onClosed: () => body.end(),
  });
  wire.send = link.send;
  return Object.assign(body.handle, {
    async unplug() {
      body.end();
      await link.close();
    },
  });
}

/** The same on the network: sends to the daemon's address. */
export async function startSimulatedUdpButton(to: { host: string; port: number }, key: Uint8Array): Promise<SimulatedButton> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => {
    socket.bind(0, to.host, resolve);
  });
  let open = true;
  const body = createBody(key, (line) => {
    if (open) socket.send(`${line}\n`, to.port, to.host);
  });
  socket.on("message", (datagram) => body.hear(datagram.toString("latin1").trimEnd()));
  return Object.assign(body.handle, {
    async unplug() {
      body.end();
      if (!open) return;
      open = false;
      await new Promise<void>((resolve) => {
        socket.close(resolve);
      });
    },
  });
}
