import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claims, createLineCutter, frameLine, noNonce, type Claim, type Hmac } from "./frame.ts";
import { createButtonJudge, RUN_HOLDS_MS } from "./judge.ts";

const hmac: Hmac = (key, message) => createHmac("sha256", key).update(message).digest("hex");
const key = Uint8Array.from({ length: 32 }, (_, at) => at);
const other = Uint8Array.from({ length: 32 }, (_, at) => 255 - at);
const nonce = "00112233445566ff";
const earlier = "ff66554433221100";
const frame = (claim: Claim, seq: number, by = nonce, signedWith = key) => frameLine({ claim, seq, nonce: by }, signedWith, hmac);
const runs = { numRuns: 1000 };

/** A judge whose link was opened at 0. */
const opened = () => {
  const judge = createButtonJudge({ key, hmac });
  judge.opened(nonce, 0);
  return judge;
};
/** The same, and in RUN at 100. */
const running = () => {
  const judge = opened();
  expect(judge.line(frame("RUN", 1), 100).verdict).toMatchObject({ state: "run", reason: null, renewedAtMono: 100 });
  return judge;
};

describe("a button's judge", () => {
  it("is stop until a genuine RUN for this session came", () => {
    const judge = createButtonJudge({ key, hmac });
    expect(judge.tick(0)).toMatchObject({ state: "stop", reason: "unplugged", renewedAtMono: null });
    expect(judge.line(frame("RUN", 1), 1).verdict).toMatchObject({ state: "stop", reason: "unplugged" });
    expect(judge.opened(nonce, 10)).toMatchObject({ state: "stop", reason: "no-hello" });
    expect(judge.line(frame("RUN", 1), 20).verdict).toMatchObject({ state: "run", renewedAtMono: 20 });
  });

  it("says what the button says", () => {
    const judge = running();
    expect(judge.line(frame("STOP", 2), 150).verdict).toMatchObject({ state: "stop", reason: "pressed", renewedAtMono: 100, heardAtMono: 150 });
    expect(judge.line(frame("HELD", 3), 250).verdict).toMatchObject({ state: "stop", reason: "held" });
    expect(judge.line(frame("FAULT", 4), 350).verdict).toMatchObject({ state: "stop", reason: "fault" });
    expect(judge.line(frame("RUN", 5), 450).verdict).toMatchObject({ state: "run", reason: null });
  });

  it("holds RUN for 300 ms and not for longer, whoever comes first, the tick or the next frame", () => {
    expect(running().tick(100 + RUN_HOLDS_MS)).toMatchObject({ state: "run" });
    expect(running().tick(101 + RUN_HOLDS_MS)).toMatchObject({ state: "stop", reason: "silent" });
    expect(running().line(frame("RUN", 2), 101 + RUN_HOLDS_MS).verdict).toMatchObject({ state: "stop" });
  });

  it("believes nothing under a nonce during which it heard silence: the frames may have been held back", () => {
    const judge = running();
    judge.tick(500);
    expect(judge.wantsNonce()).toBe(true);
    expect(judge.line(frame("RUN", 2), 510).verdict).toMatchObject({ state: "stop", reason: "replayed" });
    judge.challenge(earlier);
    expect(judge.wantsNonce()).toBe(false);
    expect(judge.line(frame("RUN", 3), 520).verdict.state).toBe("stop");
    expect(judge.line(frame("RUN", 1, earlier), 530).verdict.state).toBe("run");
  });

  it("wants a new nonce when the button restarted", () => {
    const judge = running();
    expect(judge.line(frame("STOP", 1, noNonce), 150)).toMatchObject({ verdict: { state: "stop", reason: "no-hello" }, genuine: true });
    expect(judge.wantsNonce()).toBe(true);
  });

  it("takes one bad line beside good ones, and stops at three within a second", () => {
    for (const [bad, reason] of [
      ["noise", "garbage"],
      [frame("RUN", 9, nonce, other), "bad-mac"],
    ] as const) {
      const judge = running();
      expect(judge.line(bad, 110).verdict.state).toBe("run");
      expect(judge.line(bad, 120).verdict.state).toBe("run");
      expect(judge.line(bad, 130).verdict).toMatchObject({ state: "stop", reason });
      expect(judge.line(frame("RUN", 2), 200).verdict).toMatchObject({ state: "stop", reason, renewedAtMono: 100 });
    }
  });

  it("forgets bad lines after a second", () => {
    const judge = running();
    for (let at = 200, seq = 2; at <= 3000; at += 100, seq++) {
      expect(judge.line(frame("RUN", seq), at).verdict.state).toBe("run");
      if (at % 600 === 0) expect(judge.line("noise", at + 1).verdict.state).toBe("run");
    }
  });

  it("says what came instead of the button when it is not heard", () => {
    const after = (line: string) => {
      const judge = running();
      judge.line(line, 200);
      judge.line(line, 350);
      return judge.tick(450).reason;
    };
    expect(after("noise")).toBe("garbage");
    expect(after(frame("RUN", 1))).toBe("replayed");
    expect(after(frame("RUN", 7, earlier))).toBe("replayed");
    expect(after(frame("RUN", 7, nonce, other))).toBe("bad-mac");
    const fresh = opened();
    fresh.line(frame("RUN", 1, noNonce), 250);
    expect(fresh.tick(400).reason).toBe("no-hello");
    expect(opened().tick(400).reason).toBe("silent");
  });
});

describe("whatever comes", () => {
  it("without the key nothing gives RUN: any bytes, in any order of time", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .record({
          claim: fc.constantFrom(...claims),
          seq: fc.nat(),
          mac: fc.string({ unit: fc.constantFrom(..."0123456789abcdef".split("")), minLength: 32, maxLength: 32 }),
        })
        .map(({ claim, seq, mac }) => Buffer.from(`AOS1 ${claim} ${seq} ${nonce} ${mac}\n`)),
      fc.record({ claim: fc.constantFrom(...claims), seq: fc.nat() }).map(({ claim, seq }) => Buffer.from(`${frame(claim, seq, nonce, other)}\n`)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, fc.nat(400)), { maxLength: 20 }), (chunks) => {
        const judge = opened();
        const cut = createLineCutter();
        let now = 0;
        for (const [chunk, pause] of chunks) {
          now += pause;
          for (const line of cut(chunk)) expect(judge.line(line, now)).toMatchObject({ verdict: { state: "stop", renewedAtMono: null }, genuine: false });
          expect(judge.tick(now).state).toBe("stop");
        }
      }),
      runs,
    );
  });

  it("what was recorded in earlier sessions never renews, and neither does any frame a second time", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ claim: fc.constantFrom(...claims), seq: fc.integer({ min: 0, max: 50 }), old: fc.boolean(), pause: fc.nat(250) }), {
          maxLength: 40,
        }),
        (played) => {
          const judge = opened();
          let now = 0;
          let highest = -1;
          for (const { claim, seq, old, pause } of played) {
            now += pause;
            const before = judge.tick(now);
            const { verdict } = judge.line(frame(claim, seq, old ? earlier : nonce), now);
            if (old || seq <= highest) expect(verdict.renewedAtMono).toBe(before.renewedAtMono);
            else highest = seq;
            if (verdict.state === "run") expect(before.state === "run" || (!old && claim === "RUN")).toBe(true);
          }
        },
      ),
      runs,
    );
  });

  it("silence always ends in stop, and RUN is never older than 300 ms", () => {
    const event = fc.oneof(
      fc.constantFrom(...claims).map((claim) => ({ kind: "frame" as const, claim })),
      fc.constant({ kind: "noise" as const }),
      fc.constant({ kind: "tick" as const }),
      fc.constant({ kind: "reopen" as const }),
      fc.constant({ kind: "closed" as const }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(500)), { maxLength: 60 }), (events) => {
        const judge = opened();
        let [now, seq] = [0, 0];
        const sound = ({ state, renewedAtMono }: { state: string; renewedAtMono: number | null }) => {
          if (state === "run") expect(renewedAtMono !== null && now - renewedAtMono <= RUN_HOLDS_MS).toBe(true);
        };
        for (const [step, pause] of events) {
          now += pause;
          switch (step.kind) {
            case "frame":
              sound(judge.line(frame(step.claim, ++seq), now).verdict);
              break;
            case "noise":
              sound(judge.line("noise", now).verdict);
              break;
            case "tick":
              sound(judge.tick(now));
              break;
            case "reopen":
              sound(judge.opened(nonce, now));
              break;
            case "closed":
              sound(judge.closed());
              break;
          }
        }
        now += RUN_HOLDS_MS + 1;
        expect(judge.tick(now).state).toBe("stop");
      }),
      runs,
    );
  });

  it("a button that says STOP last is never taken for RUN", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...claims), { maxLength: 30 }),
        fc.constantFrom("STOP" as const, "HELD" as const, "FAULT" as const),
        (said, last) => {
          const judge = opened();
          [...said, last].forEach((claim, at) => judge.line(frame(claim, at), at * 100));
          // All of it again, and in any later moment.
          [...said, last].forEach((claim, at) => expect(judge.line(frame(claim, at), said.length * 100 + at).verdict.state).toBe("stop"));
        },
      ),
      runs,
    );
  });
});
