import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  claims,
  createLineCutter,
  enrolLine,
  frameLine,
  helloLine,
  hostLine,
  isGenuine,
  lineLimit,
  parseEnrol,
  parseFrame,
  parseHello,
  parseHost,
  parseReply,
  type Hmac,
} from "./frame.ts";

const hmac: Hmac = (key, message) => createHmac("sha256", key).update(message).digest("hex");
const hex = (digits: number) => fc.array(fc.constantFrom(..."0123456789abcdef".split("")), { minLength: digits, maxLength: digits }).map((all) => all.join(""));
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
const frames = fc.record({ claim: fc.constantFrom(...claims), seq: fc.integer({ min: 0, max: 2 ** 32 - 1 }), nonce: hex(16) });
const runs = { numRuns: 1000 };

describe("a frame", () => {
  it("reads as it was written, and is genuine for its key", () => {
    fc.assert(
      fc.property(frames, keys, (frame, key) => {
        const line = frameLine(frame, key, hmac);
        const read = parseFrame(line);
        expect(read).toMatchObject(frame);
        expect(read !== null && isGenuine(read, key, hmac)).toBe(true);
        expect(line.length).toBeLessThanOrEqual(lineLimit);
      }),
      runs,
    );
  });

  it("is not genuine for another key, nor after any character was changed", () => {
    fc.assert(
      fc.property(frames, keys, keys, fc.nat(), fc.integer({ min: 32, max: 126 }), (frame, key, other, where, code) => {
        const line = frameLine(frame, key, hmac);
        const read = parseFrame(line);
        if (Buffer.compare(key, other) !== 0) expect(read !== null && isGenuine(read, other, hmac)).toBe(false);
        const at = where % line.length;
        const changed = line.slice(0, at) + String.fromCharCode(code) + line.slice(at + 1);
        const again = changed === line ? null : parseFrame(changed);
        expect(again !== null && isGenuine(again, key, hmac)).toBe(false);
      }),
      runs,
    );
  });

  it("equals one that was worked out with openssl", () => {
    // printf 'AOS1 RUN 7 00112233445566ff' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102...1f
    const key = Uint8Array.from({ length: 32 }, (_, at) => at);
    expect(frameLine({ claim: "RUN", seq: 7, nonce: "00112233445566ff" }, key, hmac)).toBe("AOS1 RUN 7 00112233445566ff 890b241849a97b4210be46a23fbc98fe");
  });

  it("is taken to the letter only", () => {
    const good = `AOS1 RUN 1 ${"a".repeat(16)} ${"b".repeat(32)}`;
    expect(parseFrame(good)).not.toBeNull();
    for (const bad of [
      `${good} `,
      ` ${good}`,
      `${good}\n`,
      good.replace("AOS1", "AOS2"),
      good.replace("RUN", "run"),
      good.replace("RUN", "GO"),
      good.replace(" 1 ", " 01 "),
      good.replace(" 1 ", " -1 "),
      good.replace(" 1 ", " 1e3 "),
      good.replace(" 1 ", ` ${2 ** 32} `),
      good.replace("bb", "BB"),
      good.slice(0, -1),
      `${good}b`,
      "",
    ])
      expect(parseFrame(bad), bad).toBeNull();
  });
});

describe("the other lines", () => {
  it("read as they were written", () => {
    expect(parseHello(helloLine("0123456789abcdef"))).toBe("0123456789abcdef");
    expect(parseEnrol(enrolLine("ab".repeat(32)))).toBe("ab".repeat(32));
    expect(parseHost(hostLine("192.0.2.7", 4710))).toEqual({ host: "192.0.2.7", port: 4710 });
    expect(parseReply("AOS1 ENROLLED 0badcafe")).toEqual({ kind: "enrolled", fingerprint: "0badcafe" });
    expect(parseReply("AOS1 HOSTED 192.0.2.7 4710")).toEqual({ kind: "hosted", host: "192.0.2.7", port: 4710 });
    expect(parseReply("AOS1 REFUSED HOST no-network")).toEqual({ kind: "refused", what: "HOST", why: "no-network" });
  });

  it("are nothing when something is wrong with them", () => {
    for (const bad of ["AOS1 HOST 192.0.2.300 1", "AOS1 HOST 192.0.2.1 0", "AOS1 HOST 192.0.2.1 65536", "AOS1 HOST a.example.com 1"])
      expect(parseHost(bad), bad).toBeNull();
    for (const bad of ["AOS1 ENROLLED 0BADCAFE", "AOS1 HOSTED x 1", "AOS1 REFUSED ENROL later", "AOS1 REFUSED", ""]) expect(parseReply(bad), bad).toBeNull();
    expect(parseHello("AOS1 HELLO 0123")).toBeNull();
    expect(parseEnrol(enrolLine("AB".repeat(32)))).toBeNull();
  });
});

describe("the line cutter", () => {
  it("gives the same lines however the bytes are cut into chunks", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(400), { maxLength: 8 }), (bytes, cuts) => {
        const whole = createLineCutter()(bytes);
        const cutter = createLineCutter();
        const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
        expect(edges.slice(1).flatMap((end, at) => cutter(bytes.slice(edges[at], end)))).toEqual(whole);
      }),
      runs,
    );
  });

  it("lets noise without an end out in pieces, instead of keeping it", () => {
    const lines = createLineCutter()(new Uint8Array(10_000).fill(0x41));
    expect(lines.length).toBe(Math.floor((10_000 - 1) / lineLimit));
    for (const line of lines) expect(parseFrame(line)).toBeNull();
  });

  it("ends lines with or without a carriage return", () => {
    expect(createLineCutter()(Buffer.from("one\r\ntwo\nthree"))).toEqual(["one", "two"]);
  });
});
