/** Values that stand for a secret and are none: in documents, templates and masked output. */

const wholeWords = new Set(
  (
    "password passwd pass passphrase secret token key apikey api_key api-key your-key username user admin-password mypassword my-password yourpassword your_password " +
    "changeme change-me change_me change_this changethis example dummy sample test testing foo bar baz foobar null none nil undefined true false yes no string number " +
    "boolean required optional empty default hidden masked redacted removed secret_key value text object any unknown n/a na tbd here todo fixme placeholder prompt env " +
    "input basic bearer digest oauth oauth2 refresh access credentials credential invalid valid incorrect wrong expired missing reset forgotten mismatch failed " +
    "disabled enabled off on set unset this that the is are was must should may can cannot will and or not for from to with of in by at on as it if when your my our " +
    "combination policy manager field hash protected generator length strength confirmation change update username/password user:password 입력 필수 없음 변경 확인 오류 " +
    "재설정 분실 초기화 만료 설정 미설정 동일 불일치 비공개 숨김 선택 예시"
  ).split(" "),
);

/** Masks; and words that only stand for a value when letters alone, or a dash, follow: a random value may begin with `my` or `xx` too. */
const stands =
  /^(?:[x*•.#?_\-0]+|x{2,}(?:[-_ .].*)|.*(?:x{6,}|\*{3,}|•{3,}|\.{3,}|#{4,}|…).*|(?:example|dummy|sample|placeholder|your|my|some|insert|enter|replace|change|fake|redact|mask)(?:[-_ ].*|[a-z]*\d{0,2}))$/i;
const marked = /example|placeholder|dummy|your[-_ ]|[-_]here\b|redacted|changeme|insert[-_]|replace[-_]|not[-_]?a[-_]?real|lorem/i;
const filled =
  /^(?:\$\{?[A-Za-z_(]|\$\(|\$[0-9]|%[A-Za-z_]+%|\{\{|\{[A-Za-z_. ]+\}?$|<[^>]*>?|\[[A-Za-z _-]+\]?$|@[A-Za-z_]+@?$|#\{|`|process\.env|os\.(?:environ|getenv)|env[.([]|ENV\[|secrets\.|vars\.|var\.|config\.|self\.|this\.|System\.getenv|getenv)/;

/** True when `value` is a word, a mask, a variable or a sample rather than a secret. Bounded by its first 256 characters. */
export function looksPlaceholder(value: string): boolean {
  const head = value.length > 256 ? value.slice(0, 256) : value;
  if (head.length === 0) return true;
  if (wholeWords.has(head.toLowerCase())) return true;
  if (filled.test(head)) return true;
  if (repeats(head)) return true;
  return head.length <= 64 ? stands.test(head) || marked.test(head) : /x{8}|\*{4}/i.test(head);
}

/** A mask or a word in the body of a token whose prefix leaves no doubt: only that makes it a sample. */
export const isMasked = (body: string): boolean =>
  /^(?:[xX]+|[*.•#_-]+|0+)$|[xX]{6}|\*{3}|example|your[-_]|placeholder|redacted|changeme/i.test(body.slice(0, 256));

/** One character again and again for most of the length, or nothing but a counted row (1234, abcd). */
function repeats(text: string): boolean {
  if (text.length < 6) return false;
  let same = 0;
  for (let at = 1; at < text.length; at++) if (text.charCodeAt(at) === text.charCodeAt(at - 1)) same++;
  return same >= (text.length - 1) * 0.75;
}

/** Letters of the alphabet or digits in their order, as lists of allowed characters have them. */
export function isAlphabet(text: string): boolean {
  let run = 0;
  for (let at = 1; at < text.length; at++) {
    run = text.charCodeAt(at) - text.charCodeAt(at - 1) === 1 ? run + 1 : 0;
    if (run >= 15) return true;
  }
  return false;
}
