import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ackFrom, leaseFrom, longestDatagram, seal, sessionBytes, sessionOf, unseal } from "./datagram.ts";
import type { Ack, Lease } from "./domain/messages.ts";
import { bounded, causes, type Trip } from "./domain/trip.ts";

const numRuns = 1000;
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const time = fc.double({ min: 0, max: 1e15, noNaN: true, noDefaultInfinity: true }).map((ms) => ms + 0);
const cause = fc.constantFrom(...causes);
const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ maxLength, unit: "grapheme" }),
    fc.string({ maxLength, unit: "binary" }),
    fc.string({ minLength: maxLength, maxLength, unit: fc.constantFrom("\u0001", "\ud800", "한", '"') }),
  );
const lease: fc.Arbitrary<Lease> = fc.record({
  epoch: count,
  state: fc.constantFrom("run", "stopped", "ready"),
  echo: fc.option(time),
  heard: count,
  excluded: fc.boolean(),
  cause,
});
const trip: fc.Arbitrary<Trip> = fc
  .record({
    cause,
    by: fc.option(fc.record({ id: text(90), name: text(90) })),
    via: fc.constantFrom("ipc", "button", "self"),
    reason: fc.option(text(400)),
    nodeId: fc.constant("pool"),
    at: time,
  })
  .map((one) => bounded(one));
const ack: fc.Arbitrary<Ack> = fc.record({
  open: fc.boolean(),
  held: count,
  epoch: count,
  mono: time,
  own: fc.option(fc.record({ n: count, epoch: count, trip })),
  cause,
  onDisk: fc.boolean(),
  processes: fc.oneof(fc.constant("unknown" as const), fc.record({ alive: count, killed: count, tookMs: fc.oneof(fc.constant("unknown" as const), time) })),
});
const session = fc.uint8Array({ minLength: sessionBytes, maxLength: sessionBytes }).map((bytes) => Buffer.from(bytes));
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const same = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe("a datagram between keepers", () => {
  test("comes out as it went in, and is no longer than what the other end takes", () => {
    fc.assert(
      fc.property(session, key, count, fc.oneof(lease, ack), (id, secret, seq, body) => {
        const kind = "state" in body ? "lease" : "ack";
        const data = seal(kind, { session: id, key: secret, seq }, body);
        expect(data.length).toBeLessThanOrEqual(longestDatagram);
        expect(sessionOf(data, kind)).toBe(id.toString("hex"));
        expect(sessionOf(data, kind === "lease" ? "ack" : "lease")).toBeUndefined();
        const opened = unseal(data, secret);
        expect(opened?.seq).toBe(seq);
        expect(kind === "lease" ? leaseFrom(opened?.body) : ackFrom(opened?.body, "pool")).toEqual(same(body));
      }),
      { numRuns },
    );
  });

  test("with any one bit changed is not believed", () => {
    fc.assert(
      fc.property(session, key, count, lease, fc.nat(), (id, secret, seq, body, at) => {
        const data = seal("lease", { session: id, key: secret, seq }, body);
        const bit = at % (data.length * 8);
        data[bit >> 3] = (data[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(sessionOf(data, "lease") === id.toString("hex") && unseal(data, secret)).toBeFalsy();
      }),
      { numRuns },
    );
  });

  test("of any other shape under a right key is neither a lease nor an answer, and nothing throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json().map((one) => JSON.parse(one) as unknown),
          fc.record({ epoch: fc.anything(), state: fc.anything() }),
        ),
        (body) => {
          expect(leaseFrom(body)).toBeUndefined();
          expect(ackFrom(body, "pool")).toBeUndefined();
        },
      ),
      { numRuns },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect(sessionOf(Buffer.from(bytes.map((byte, at) => (at === 0 ? 2 : byte))), "lease")).toBeUndefined();
      }),
      { numRuns },
    );
  });

  test("speaks for the node that it came from, whatever id it writes", () => {
    fc.assert(
      fc.property(ack, (body) => {
        const heard = ackFrom(same(body), "llm");
        if (body.own !== null) expect(heard?.own?.trip.nodeId).toBe("llm");
      }),
      { numRuns },
    );
  });
});
