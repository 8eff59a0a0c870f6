import fc from "fast-check";
import { expect, test } from "vitest";
import { findSecrets, redact } from "./secrets.ts";
import { isCard, residentChecksum } from "./secrets-personal.ts";

const from = (alphabet: string, length: number) =>
  fc
    .array(fc.integer({ min: 0, max: alphabet.length - 1 }), { minLength: length, maxLength: length })
    .map((picks) => picks.map((pick) => alphabet[pick]).join(""));
const alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const lowerHex = "0123456789abcdef";
/** Drawn by chance as issuers draw: at least one digit and several different characters. */
const drawn = (alphabet: string, length: number) =>
  from(alphabet, length).filter((text) => /\d/.test(text) && new Set(text).size >= Math.min(10, length / 3) && !/(.)\1{5}|xxx/i.test(text));

const issued = fc.oneof(
  drawn(alnum, 36).map((body) => `ghp_${body}`),
  from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)
    .filter((body) => new Set(body).size > 6 && !/XX/.test(body))
    .map((body) => `AKIA${body}`),
  drawn(alnum, 48).map((body) => `sk-proj-${body}`),
  drawn(alnum, 36).map((body) => `npm_${body}`),
  drawn(lowerHex, 64).map((body) => `dop_v1_${body}`),
  fc.tuple(fc.integer({ min: 10_000_000, max: 9_999_999_999 }), drawn(alnum, 34)).map(([bot, body]) => `${bot}:A${body}`),
  fc.tuple(drawn(alnum, 20), drawn(alnum, 30), drawn(alnum, 40)).map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
  drawn(alnum, 24).map((body) => `sk_live_${body}`),
);
const words = fc
  .array(fc.constantFrom("주문이", "확인됐어요.", "please", "send", "오늘", "the report", "회의는 3시", "부탁드려요", "\n", "-", "order 12"), { maxLength: 12 })
  .map((all) => all.join(" "));
const runs = { numRuns: 1000 };

test("an issued token is found wherever it stands, and neither its preview nor the redacted text holds it", () => {
  fc.assert(
    fc.property(words, issued, words, (before, secret, after) => {
      const text = `${before} ${secret} ${after}`;
      const findings = findSecrets(text);
      expect(findings.some(({ start, end }) => start <= before.length + 1 && end >= before.length + 1 + secret.length)).toBe(true);
      expect(redact(text, findings)).not.toContain(secret);
      for (const { preview } of findings) expect(preview).not.toContain(secret.slice(-12));
    }),
    runs,
  );
});

test.each(["AKIAMYQ7ZP3KXW2LVB5T", "AKIAXXQ7ZP3KAW2LVB5T", "npm_some9f8Gh2Kq7Lm4Zt6Rv1Xc3Bn5Ww8Yp0Qa"])(
  "%s is found though it begins like a sample",
  (text) => {
    expect(findSecrets(text)).toHaveLength(1);
  },
);

test("offsets are in order, inside the text and without overlap, whatever the text", () => {
  const scraps = fc.constantFrom(
    "password=",
    "비밀번호: ",
    "token: '",
    "://a:b1c2@",
    "eyJ",
    "-----BEGIN PRIVATE KEY-----",
    "010-1234-5678",
    "sk-",
    "{{",
    "\u200b",
    "계좌 110-123-456789",
    "Bearer ",
    "xoxb-",
  );
  const text = fc.array(fc.oneof(scraps, issued, fc.string({ unit: "binary", maxLength: 20 })), { maxLength: 12 }).map((all) => all.join(""));
  fc.assert(
    fc.property(text, (given) => {
      let at = 0;
      for (const { start, end, preview } of findSecrets(given)) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(given.length);
        if (end - start >= 8) expect(preview).not.toContain(given.slice(start, end));
        at = end;
      }
      const once = redact(given, findSecrets(given));
      expect(redact(once, [])).toBe(once);
    }),
    runs,
  );
});

test("redacting again changes nothing", () => {
  fc.assert(
    fc.property(words, issued, words, (before, secret, after) => {
      const once = redact(`${before} ${secret}\n${after}`, findSecrets(`${before} ${secret}\n${after}`));
      expect(redact(once, findSecrets(once))).toBe(once);
    }),
    runs,
  );
});

test("offsets that don't fit the text redact all of it", () => {
  const wrong = { kind: "password", start: 3, end: 99, preview: "", certainty: "likely" } as const;
  expect(redact("short text", [wrong])).toBe("[redacted]");
});

test.each([
  ["DB 비밀번호는 tiger2024! 이에요", "password"],
  ["와이파이 비번 hello9876", "password"],
  ["인증키: 'q8Zr2LmX0vTb7NcW4sYd'", "named-secret"],
  ["password = 'correcthorse'", "password"],
  ["<password>s3cr3t-Pa55</password>", "password"],
  ["postgres://shop:Zk3!pqr9@db.internal:5432/orders", "connection-string"],
  ["카카오 REST API 키는 = 4f1c9a7be2d84c60a1b35e79d0c2f846", "named-secret"],
  ["X-Naver-Client-Secret: kQ7vN2xLp9", "named-secret"],
  ["curl -u deploy:h7Kq29zz https://ci.internal/job", "password"],
  ["내 주민번호는 900101-1234568 이야", "resident-number"],
  ["주민등록번호 251031-4123456", "resident-number"],
  ["카드 4111 1111 1111 1111 로 결제해 주세요", "card"],
  ["국민은행 123456-04-123456 으로 입금해 주세요", "bank-account"],
  ["고객 연락처: 010-2345-6789", "phone"],
])("%s holds a secret", (text, kind) => {
  expect(findSecrets(text).map((finding) => finding.kind)).toContain(kind);
});

test.each([
  "비밀번호는 8자 이상으로 정해 주세요",
  "비밀번호: ********",
  "비밀번호를 잊으셨나요? 재설정 링크를 보내 드려요.",
  "password: ${DB_PASSWORD}",
  "API_KEY=<your-key-here>",
  "token = process.env.TOKEN",
  "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
  "Failed password for root from 10.0.0.3 port 22 ssh2",
  "commit 62c05c40ccf59fcbfdb244f824208f038dfda28a",
  "sha256:17cc821403515c91dde5a45a0a33b3c654467c2bf345000f05e57a19dba13db7",
  '"integrity": "sha512-EVVw1+RN6PhW1nf0zu70+X1x5H2CurEKBhKuL5l0pBO3KMqWFAZoIpVTy+BK0HUP6aVMFGBzB+hC6j0lNy5zhU=="',
  "request_id=e0fb807e-f722-467a-aad5-7e95801d641b status=200",
  "주문번호 20250314-1234567, 송장 6012-3456-7890",
  "문의 02-123-4567, 예약은 1588-0000",
  "1731234567890 에 기록됨",
  "org.springframework.beans.factory.support.DefaultListableBeanFactory",
  "토큰 비용은 어제보다 12 % 줄었어요",
])("%s holds none", (text) => {
  expect(findSecrets(text)).toEqual([]);
});

test("one wrong digit and neither card nor resident number passes its checksum", () => {
  const swap = (digits: string, at: number, by: number) => digits.slice(0, at) + ((Number(digits[at]) + by) % 10) + digits.slice(at + 1);
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 15 }), fc.integer({ min: 1, max: 9 }), (at, by) => !isCard(swap("4111111111111111", at, by))),
    runs,
  );
  expect(residentChecksum("9001011234568")).toBe(true);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), (by) => !residentChecksum(swap("9001011234568", 12, by))),
    { numRuns: 1000 },
  );
});

test("no text of 64 KB takes long", () => {
  const parts = [
    "a:",
    "-eyJ",
    "a://b:c",
    "-----BEGIN RSA PRIVATE KEY-----",
    "password=",
    "비밀번호는 ",
    "xoxb-",
    "ZXlK=",
    "token:'",
    "curl -u a:",
    "1-",
    'pwd value="',
    "t1.",
    "0x",
    "authorization: ",
    "key: aB3dE5fG7hI9jK1lM3n\n",
  ];
  for (const part of parts) {
    const text = part.repeat(Math.ceil(65_536 / part.length)).slice(0, 65_536);
    const started = performance.now();
    findSecrets(text);
    expect(performance.now() - started, part).toBeLessThan(500);
  }
});
