import fc from "fast-check";
import { expect, test } from "vitest";
import { redact } from "./redact.ts";

test("values under secret names are replaced at any depth, fault codes and numbers stay", () => {
  const out = redact({
    token: "abc",
    code: "48210937",
    fault: { code: "access.denied" },
    nested: [{ upsPassword: "pw", recoveryKey: "AAAAA", headers: { authorization: "Bearer x", cookie: "y" } }],
    triesLeft: 3,
  });
  expect(out).toEqual({
    token: "[redacted]",
    code: "[redacted]",
    fault: { code: "access.denied" },
    nested: [{ upsPassword: "[redacted]", recoveryKey: "[redacted]", headers: { authorization: "[redacted]", cookie: "[redacted]" } }],
    triesLeft: 3,
  });
});

test("no secret survives, wherever it stands", () => {
  const secret = "s3cr3t-value-77";
  const name = fc.constantFrom("token", "password", "upsPassword", "secret", "recoveryKey", "authorization", "cookie", "privateKey", "keyPem");
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 6 }), tie("node"), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(tree, name, (rest, key) => !JSON.stringify(redact({ rest, [key]: secret, deep: [{ [key]: { inner: secret } }] })).includes(secret)),
    { numRuns: 1000 },
  );
});

test("an error keeps its message and a long text is cut", () => {
  expect(redact({ error: new Error("no") })).toMatchObject({ error: { name: "Error", message: "no" } });
  expect(String(redact("x".repeat(5000))).length).toBeLessThan(2100);
});
