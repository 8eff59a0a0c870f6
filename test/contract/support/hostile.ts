/** Random numbers that a seed brings back. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Frame = string | Buffer;

/** Names that lead to prototypes, to other files, to nothing. */
const badNames = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "~orpc",
  "then",
  "..",
  "%2e%2e",
  "",
  " ",
  "\u0000",
  "access.me",
  "a".repeat(5000),
  "액세스",
  "\ud800",
];
/** Well-formed calls that neither nobody nor an operator may make. */
const forbidden: readonly (readonly [string, unknown])[] = [
  ["/access/person/invite", { name: "mallory", role: "owner", days: null }],
  ["/access/person/update", { id: "x", role: "owner" }],
  ["/access/device/revoke", { id: "x" }],
  ["/access/device/admit", { id: "x", role: "owner" }],
  ["/access/join", { address: "127.0.0.1:1", code: "12345678", deviceName: "x" }],
  ["/access/leave", undefined],
  ["/access/peer/request", undefined],
  ["/access/peer/install", { cert: "x" }],
  ["/access/peer/revocations", { seq: 99, revoked: [] }],
  ["/rack/peer/pulse", { after: 0 }],
  ["/rack/settings/set", { units: 1 }],
  ["/rack/plan/set", { pauseAfterSeconds: 0 }],
  ["/rack/node/remove", { nodeId: "aaaaaaaaaaaaaaaa" }],
];
/** Calls that take an input, for inputs that fit none. */
const strict = [
  "/access/claim",
  "/access/session/start",
  "/access/pair/begin",
  "/access/pair/finish",
  "/access/pair/install",
  "/rack/node/add",
  "/rack/node/rename",
  "/rack/node/place",
  "/rack/alert/mute",
  "/access/probe",
];

/** Makes hostile frames of the contract's wire. Nothing that comes out of here may be answered with anything but a refusal. */
export function createFrames(random: () => number) {
  const below = (n: number) => Math.floor(random() * n);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const bytes = (n: number) => Buffer.from(Array.from({ length: n }, () => below(256)));
  let ids = 0;
  const id = () => `h${ids++}`;
  const call = (path: string, input: unknown, more: object = {}) =>
    JSON.stringify({ i: id(), p: { u: path, b: input === undefined ? undefined : { json: input }, ...more } });
  const junk = (depth = 0): unknown =>
    one<() => unknown>([
      () => null,
      () => below(1e9) - 5e8,
      () => -0,
      () => "x".repeat(below(300)),
      () => one(badNames),
      () => true,
      () => [],
      () => ({}),
      () => (depth > 3 ? 0 : Array.from({ length: below(4) }, () => junk(depth + 1))),
      () =>
        depth > 3
          ? 0
          : Object.fromEntries([
              [one(badNames), junk(depth + 1)],
              ["name", junk(depth + 1)],
            ]),
    ])();
  const nested = (depth: number, inner = "") => "[".repeat(depth) + inner + "]".repeat(depth);

  /** Readable, and refused with an answer: the connection lives on. */
  const polite: readonly (() => Frame)[] = [
    () => call(...one(forbidden)),
    () => call(`/${one(badNames)}/${one(badNames)}`, junk()),
    () => call(`/access/${one(badNames)}`, junk()),
    () => call(`/rack/node/${one(badNames)}`, junk()),
    () => call(one(strict), junk()),
    () =>
      call(
        "/rack/settings/set",
        { units: 3 },
        { h: { authorization: `Bearer ${"A".repeat(43)}`, cookie: "aos_aaaaaaaa=x", "x-aos-via": "peer", role: "owner" } },
      ),
    () => call(one(forbidden)[0], junk(), { m: one(["GET", "PUT", "DELETE", "TRACE", "", "__proto__"]) }),
    () => `{"i":"${id()}","p":{"u":"/rack/settings/set","b":{"json":{"__proto__":{"role":"owner"},"constructor":{"prototype":{"role":"owner"}}}}}}`,
    () =>
      `{"i":"${id()}","__proto__":{"role":"owner"},"p":{"u":"/rack/settings/set","b":{"json":{"units":4},"meta":[[${below(9)},"__proto__","polluted"],[${below(9)},"constructor","prototype","x"]]}}}`,
    () => `{"i":"${id()}","p":{"u":"/rack/plan/set","b":{"json":${nested(2000)},"meta":[]}}}`,
    () => `{"i":"${id()}","p":{"u":"/rack/plan/set","b":{"json":{"pauseAfterSeconds":1e999}}}}`,
    () => call("/rack/node/remove", { nodeId: "x".repeat(20_000) }),
    () => call("http://evil.example/rack/settings/set", { units: 5 }),
    () => call("/rack/settings/set?x=/access/me", { units: 6 }),
    () => call("/rack/settings/../../rack/settings/set", { units: 7 }),
    // Nobody's call: ignored, as a late abort is.
    () => JSON.stringify({ i: id(), t: 4 }),
    () => Buffer.from(call(...one(forbidden))),
  ];
  /** Unreadable or out of order: ends the connection. */
  const rude: readonly (() => Frame)[] = [
    () => bytes(1 + below(200)),
    () => bytes(1 + below(200)).toString("latin1"),
    () => {
      const whole = call(...one(forbidden));
      return whole.slice(0, 1 + below(whole.length - 1));
    },
    () => nested(1 + below(20_000)),
    () => "[".repeat(1 + below(100_000)),
    () => JSON.stringify({ i: "i".repeat(65 + below(5000)), p: { u: "/access/me" } }),
    () => JSON.stringify({ i: one([null, 7, {}, [], true]), p: { u: "/access/me" } }),
    () => JSON.stringify({ i: id(), t: 3, p: { e: one(["message", "error", "done"]), d: junk() } }),
    () => JSON.stringify({ i: id(), p: one([null, 7, "x", [], {}, { u: 7 }, { u: null }, { u: "no slash" }]) }),
    () => one(["", "null", "7", '"x"', "true", "undefined", "NaN", "{", "}", "\u0000", "\ufeff{}", "GET / HTTP/1.1\r\n\r\n"]),
    () => JSON.stringify({ i: id(), p: { u: "/access/me", h: { "content-type": "multipart/form-data; boundary=x" }, b: "--x" } }),
  ];
  const oversize = () => Buffer.alloc(1024 * 1024 + 1, 0x20);
  return {
    one,
    below,
    junk,
    forbidden,
    badNames,
    polite: () => one(polite)(),
    rude: () => (below(400) === 0 ? oversize() : one(rude)()),
    /** Whether a frame that came back grants anything: a success, or an event of a stream. */
    grants(text: string): boolean {
      const { t, p } = JSON.parse(text) as { t?: number; p?: { s?: number } };
      return t === 3 || (p?.s ?? 200) < 400;
    },
  };
}
export type Frames = ReturnType<typeof createFrames>;
