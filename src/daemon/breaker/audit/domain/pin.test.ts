import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Checkpoint } from "../../../../contract/breaker.ts";
import { hex, utf8 } from "./bytes.ts";
import { hash256 } from "./fake-log.ts";
import {
  appendLeaf,
  consistencyRanges,
  emptyFrontier,
  foldPeaks,
  leafHash,
  perfectParts,
  proofOf,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  inclusionRanges,
  type Range,
} from "./merkle.ts";
import { checkPin, type Pin, type PinPorts } from "./pin.ts";
import { checkpointBytes } from "./row.ts";

/** A stand-in for Ed25519: whoever knows the "key" can sign. */
const signedWith = (key: string, bytes: Uint8Array) => hex(hash256(utf8(`${key}\n${hex(bytes)}`)));
const ports: PinPorts = { sha256: hash256, verify: (key, bytes, signature) => signedWith(key, bytes) === signature };

/** A log of which every size has a signed checkpoint. `fork`: rows from there on are others. */
function logOf(key: string, logId: string, fork = Infinity) {
  const leaf = (i: number) => leafHash(hash256, utf8(i < fork ? `row ${i}` : `other row ${i}`));
  const rootOfRange = ({ from, to }: Range): Uint8Array => {
    const part = ({ level, pos }: { level: number; pos: number }): Uint8Array => {
      let frontier = emptyFrontier;
      for (let i = pos * 2 ** level; i < (pos + 1) * 2 ** level; i++) frontier = appendLeaf(hash256, frontier, leaf(i)).frontier;
      return rootOf(hash256, frontier);
    };
    return foldPeaks(hash256, perfectParts({ from, to }).map(part));
  };
  return {
    leaf,
    checkpoint(size: number): Checkpoint {
      const word = { logId, size, root: hex(rootOfRange({ from: 0, to: size })), at: size, publicKey: key };
      return { ...word, signature: signedWith(key, checkpointBytes(word)) };
    },
    proof: (from: number, to: number) => consistencyRanges(from, to).map((range) => hex(rootOfRange(range))),
    inclusion: (index: number, size: number) => inclusionRanges(index, size).map((range) => hex(rootOfRange(range))),
  };
}
const MOST = 70;
const size = fc.integer({ min: 1, max: MOST });
const pair = fc.tuple(size, size).map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));
const log = logOf("key", "log-1");
const pinAt = (n: number): Pin => ({ logId: "log-1", size: n, root: log.checkpoint(n).root, publicKey: "key", trail: [] });

describe("a pin", () => {
  it("follows a log that grows, whatever the steps", async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([first, second]) => {
        const answer = await checkPin(pinAt(first), log.checkpoint(second), log.proof(first, second), ports);
        expect(answer).toMatchObject({ ok: true, pin: { size: second, root: log.checkpoint(second).root } });
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses a log that parts from what was pinned, wherever it does, though its own proofs hold", async () => {
    await fc.assert(
      fc.asyncProperty(pair, fc.nat(), async ([first, second], n) => {
        const other = logOf("key", "log-1", n % first);
        expect(await checkPin(pinAt(first), other.checkpoint(second), other.proof(first, second), ports)).toEqual({ ok: false, kind: "rebuilt" });
      }),
      { numRuns: 1000 },
    );
  });

  it("believes the first checkpoint, if its signature holds", async () => {
    const word = log.checkpoint(9);
    expect(await checkPin(null, word, [], ports)).toEqual({ ok: true, pin: { logId: "log-1", size: 9, root: word.root, publicKey: "key", trail: [] } });
    expect(await checkPin(null, { ...word, size: 8 }, [], ports)).toEqual({ ok: false, kind: "signature" });
  });

  it.each([
    ["another key", logOf("other", "log-1").checkpoint(20), "rebuilt"],
    ["another log of the same key", logOf("key", "log-2").checkpoint(20), "new-log"],
    ["a shorter log", log.checkpoint(9), "rolled-back"],
    ["a checkpoint that nobody signed", { ...log.checkpoint(20), signature: "" }, "signature"],
  ])("refuses %s", async (_, word, kind) => {
    expect(await checkPin(pinAt(10), word, log.proof(10, 20), ports)).toEqual({ ok: false, kind });
  });

  it("refuses proofs that are missing, too short or garbage", async () => {
    const proof = log.proof(10, 20);
    for (const bad of [[], proof.slice(1), [...proof, proof[0] ?? ""], proof.map(() => "zz"), Array.from({ length: 100 }, () => "00".repeat(32))]) {
      expect(await checkPin(pinAt(10), log.checkpoint(20), bad, ports)).toEqual({ ok: false, kind: "rebuilt" });
    }
  });

  it("rejects when a signature can't be looked at: nothing is believed then", async () => {
    const broken = { ...ports, verify: () => Promise.reject(new Error("no WebCrypto here")) };
    await expect(checkPin(pinAt(10), log.checkpoint(20), log.proof(10, 20), broken)).rejects.toThrow("no WebCrypto");
  });

  it("keeps a trail of at most 32 earlier pins, spread over the log", async () => {
    let pin = pinAt(1);
    for (let n = 2; n <= MOST; n++) {
      const answer = await checkPin(pin, log.checkpoint(n), log.proof(pin.size, n), ports);
      if (!answer.ok) throw new Error(answer.kind);
      pin = answer.pin;
    }
    expect(pin.trail.length).toBe(32);
    expect(pin.trail[0]?.size).toBe(1);
    expect(pin.trail.at(-1)?.size).toBe(MOST - 1);
    for (const { size, root } of pin.trail) expect(root).toBe(log.checkpoint(size).root);
    expect(Math.max(...pin.trail.slice(1).map(({ size }, i) => size - (pin.trail[i]?.size ?? 0)))).toBeLessThanOrEqual(8);
  });
});

interface Vectors {
  consistency: { first: number; firstRoot: string; second: number; secondRoot: string; proof: string[]; holds: boolean }[];
  inclusion: { index: number; size: number; leaf: string; root: string; proof: string[]; holds: boolean }[];
  checkpoints: { logId: string; size: number; root: string; at: number; publicKey: string; bytes: string }[];
}
/** The same file is held against the console's own verifier. */
const vectors = JSON.parse(readFileSync(new URL("../../../../../test/contract/support/merkle-vectors.json", import.meta.url), "utf8")) as Vectors;
const bytes = (text: string) => proofOf([text])?.[0] ?? new Uint8Array();

describe("the shared vectors", () => {
  it("are judged as they say", async () => {
    for (const { holds, firstRoot, secondRoot, proof, ...sizes } of vectors.consistency) {
      expect(await verifyConsistency(hash256, { ...sizes, firstRoot: bytes(firstRoot), secondRoot: bytes(secondRoot), proof: proofOf(proof) ?? [] })).toBe(
        holds,
      );
    }
    for (const { holds, leaf, root, proof, ...place } of vectors.inclusion) {
      expect(await verifyInclusion(hash256, { ...place, leaf: bytes(leaf), root: bytes(root), proof: proofOf(proof) ?? [] })).toBe(holds);
    }
    for (const { bytes: expected, ...word } of vectors.checkpoints) expect(hex(checkpointBytes(word))).toBe(expected);
    expect([vectors.consistency.length, vectors.inclusion.length]).toEqual([200, 100]);
  });

  it("are what this tree makes", () => {
    for (const { first, firstRoot, second, secondRoot, proof, holds } of vectors.consistency.filter((v) => v.holds)) {
      expect({ firstRoot, secondRoot, proof, holds }).toEqual({
        firstRoot: log.checkpoint(first).root,
        secondRoot: log.checkpoint(second).root,
        proof: log.proof(first, second),
        holds: true,
      });
    }
    for (const { index, size, leaf, proof } of vectors.inclusion.filter((v) => v.holds))
      expect({ leaf, proof }).toEqual({ leaf: hex(log.leaf(index)), proof: log.inclusion(index, size) });
  });
});
