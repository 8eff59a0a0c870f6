import { generateKeyPairSync, sign, verify } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalTerms, limitsOf, lowest, parseLicence, type LicenceTerms } from "./licence.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const check = (message: string, signature: string) => verify(null, Buffer.from(message), publicKey, Buffer.from(signature, "base64"));
const rackId = "abcdefghijklmnop";
const day = 86_400_000;
const now = 1_800_000_000_000;
const context = { now, rackId, verify: check };
const textOf = (terms: LicenceTerms, key = privateKey) =>
  JSON.stringify({ ...terms, signature: sign(null, Buffer.from(canonicalTerms(terms)), key).toString("base64") }, null, 2);
const dedicated: LicenceTerms = {
  plan: "dedicated",
  rackId,
  maxLevel: 5,
  packs: "all",
  subAgents: "unlimited",
  support: true,
  issuedAt: now - day,
  notAfter: now + day,
};
const terms = fc.record({
  plan: fc.constantFrom("starter", "dedicated", "pro"),
  rackId: fc.option(fc.constant(rackId), { nil: undefined }),
  maxLevel: fc.integer({ min: 1, max: 5 }),
  packs: fc.oneof(fc.constant("all" as const), fc.array(fc.constantFrom("report", "schedule", "cards"), { maxLength: 3 })),
  subAgents: fc.oneof(fc.constant("unlimited" as const), fc.integer({ min: 0, max: 100 })),
  support: fc.boolean(),
  issuedAt: fc.integer({ min: now - 400 * day, max: now }),
  notAfter: fc.integer({ min: now + 1, max: now + 400 * day }),
});

test("a good licence gives exactly its limits", () => {
  fc.assert(
    fc.property(terms, (given) => {
      const { plan, maxLevel, packs, subAgents, support, notAfter } = given;
      expect(limitsOf(textOf(given), context)).toEqual({ plan, maxLevel, packs, subAgents, support, notAfter, problem: null });
    }),
    { numRuns: 1000 },
  );
});

test("any changed byte gives the lowest plan, unless it is a blank that says the same", () => {
  const text = textOf(dedicated);
  const bytes = Buffer.from(text);
  const said = JSON.stringify(parseLicence(text));
  let lost = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const other = Buffer.from(bytes);
      other[at] = (other[at] ?? 0) ^ by;
      const changed = other.toString("utf8");
      const { problem, ...limits } = limitsOf(changed, context);
      if (problem === null) return JSON.stringify(parseLicence(changed)) === said;
      lost++;
      const { problem: _why, ...least } = lowest("licence.malformed");
      expect(limits).toEqual(least);
      return true;
    }),
    { numRuns: 4000 },
  );
  expect(lost).toBeGreaterThan(2000);
});

test("any changed field gives the lowest plan", () => {
  fc.assert(
    fc.property(terms, terms, (bought, wished) => {
      fc.pre(canonicalTerms(bought) !== canonicalTerms(wished));
      const { signature } = JSON.parse(textOf(bought)) as { signature: string };
      expect(limitsOf(JSON.stringify({ ...wished, signature }), context)).toEqual(lowest("licence.not-signed"));
    }),
    { numRuns: 1000 },
  );
});

test("text of any kind gives the lowest plan and throws nothing", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => limitsOf(text, context).maxLevel === 3),
    { numRuns: 1000 },
  );
});

test.each([
  ["licence.expired", dedicated, { ...context, now: now + day }],
  ["licence.not-yet-valid", dedicated, { ...context, now: now - 3 * day }],
  ["licence.other-rack", { ...dedicated, rackId: "ponmlkjihgfedcba" }, context],
  ["licence.expired", dedicated, { ...context, now: Number.POSITIVE_INFINITY }],
  ["licence.not-yet-valid", dedicated, { ...context, now: Number.NaN }],
] as const)("%s", (problem, given, at) => {
  expect(limitsOf(textOf(given), at)).toEqual(lowest(problem));
});

test("a field too many, a level too high and another's key are refused", () => {
  const good = JSON.parse(textOf(dedicated)) as object;
  expect(limitsOf(JSON.stringify({ ...good, seats: 5 }), context).problem).toBe("licence.malformed");
  expect(limitsOf(textOf({ ...dedicated, maxLevel: 6 }), context).problem).toBe("licence.malformed");
  expect(limitsOf(textOf(dedicated, generateKeyPairSync("ed25519").privateKey), context).problem).toBe("licence.not-signed");
});
