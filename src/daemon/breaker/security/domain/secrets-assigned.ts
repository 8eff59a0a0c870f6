import { finding, type Finding } from "./secrets-finding.ts";
import { benignLead, passwordName, secretWord } from "./secrets-context.ts";
import { looksPlaceholder } from "./secrets-placeholders.ts";
import { looksRandom, shapeOf } from "./secrets-random.ts";

/** Values by the name that stands before them: `password = ...`, `"token": "..."`, `비밀번호는 ...`, `--user name:password`, `Authorization: ...`. */
export function findAssigned(text: string, found: Finding[]): void {
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== 58 && code !== 61 && code !== 62) continue;
    assignment(text, at, found);
    while (at + 1 < text.length && (text.charCodeAt(at + 1) === 61 || text.charCodeAt(at + 1) === 58 || text.charCodeAt(at + 1) === 62)) at++;
  }
  if (/비밀 ?번호|비번|암호|패스워드|핀 ?번호/.test(text)) spoken(text, found);
  if (/pass(?:word|code|phrase)|pwd/i.test(text)) said(text, found);
  if (text.includes("curl") || text.includes("-u ") || text.includes("--user")) commandLine(text, found);
  if (/authorization|bearer/i.test(text)) header(text, found);
  if (/value="/i.test(text) && /password/i.test(text)) xml(text, found);
}

const valueAfter = /^[:=>]{1,3}\s{0,4}(?:(["'`])([^"'`\n]{1,200})\1?|([^\s"'`,;<>(){}[\]]{1,200}))/;

function assignment(text: string, at: number, found: Finding[]): void {
  const name = nameBefore(text, at);
  if (name.length < 2) return;
  const isPassword = passwordName.test(name);
  if (!isPassword && !secretWord.test(name.slice(-24))) return;
  const after = text.slice(at, at + 210);
  const match = valueAfter.exec(after);
  if (match === null) return;
  const quoted = match[2] !== undefined;
  const value = match[2] ?? match[3] ?? "";
  if (value.length < 4 || looksPlaceholder(value) || /^[\w.]+\(|^https?:\/\/|^[a-z]+\.[a-z]+(?:\.[a-z]+)*$/i.test(value)) return;
  const begin = at + match[0].lastIndexOf(value);
  if (isPassword) {
    if (!passwordLike(value, quoted) || (/(?:^|_)pin$/i.test(name) && !/^\d+$/.test(value))) return;
    found.push(finding("password", begin, begin + value.length, "likely"));
    return;
  }
  if (value.includes(" ") || benignLead.test(text.slice(Math.max(0, at - 44), begin))) return;
  if (!keyLike(name, value, quoted)) return;
  if (/[-_ ]?(?:id|name|url|uri|path|file|type|size|version|class|selector)$/i.test(name)) return;
  found.push(finding("named-secret", begin, begin + value.length, "likely"));
}

/** The name that ends before `at`: one word of at most 40 characters and the word before it; quotes, brackets and up to three spaces may stand between. */
function nameBefore(text: string, at: number): string {
  let end = at;
  while (end > 0 && at - end < 5 && between.has(text.charCodeAt(end - 1))) end--;
  let start = end;
  let words = 0;
  while (start > 0 && end - start < 40) {
    const code = text.charCodeAt(start - 1);
    if (isNameCode(code)) start--;
    else if (code === 32 && words === 0 && start < end) {
      words++;
      start--;
    } else break;
  }
  return text.slice(start, end).trim();
}

const between = new Set([32, 34, 39, 96, 93]);
const isNameCode = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 ||
  code === 45 ||
  code === 46 ||
  (code >= 0xac00 && code <= 0xd7a3);

/** Drawn by chance; or, for a name that is a key's or token's own, letters with digits in quotes, or a long number. */
function keyLike(name: string, value: string, quoted: boolean): boolean {
  if (value.length >= 12 && looksRandom(shapeOf(value))) return true;
  if (!/(?:^|[\s_-]|[a-z](?=[TSK]))(?:token|secret|key)$/i.test(name)) return false;
  if (/^\d{15,40}$/.test(value)) return true;
  if (!/^[A-Za-z0-9_-]{8,40}$/.test(value) || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  const { length, lowers, uppers, random } = shapeOf(value);
  return quoted ? random >= 0.4 : length >= 10 && lowers > 0 && uppers > 0 && random >= 0.5;
}

/** A password is no sentence and no plain word: it holds a digit or a mark, or it stands in quotes. */
function passwordLike(value: string, quoted: boolean): boolean {
  if (value.length < 4 || value.length > 128) return false;
  if (/\s/.test(value)) return false;
  if (/[가-힣]{2,}(?:요|다|까|세요|니다)[.!?]*$/.test(value) && !/\d/.test(value)) return false;
  if (/\d/.test(value) && /\D/.test(value)) return true;
  if (/^\d{4,}$/.test(value)) return true;
  if (/[!@#$%^&*]/.test(value) && /[A-Za-z]/.test(value)) return true;
  return quoted && /^[A-Za-z]{6,}$/.test(value);
}

/** Spoken Korean: the name, a particle, the value. `비밀번호는 tiger2024! 이에요`. */
const korean =
  /(?:비밀 ?번호|비번|암호|패스워드|핀 ?번호)(?:는|은|가|이|를|을|로|도)?(?:\s{0,2}[:：=→]\s{0,2}|\s{1,2})["'`“‘(]?([A-Za-z0-9!@#$%^&*_+\-=~.?]{4,64})/g;
function spoken(text: string, found: Finding[]): void {
  korean.lastIndex = 0;
  for (let m = korean.exec(text); m !== null; m = korean.exec(text)) {
    const value = m[1] ?? "";
    if (looksPlaceholder(value) || !/\d/.test(value) || /^\d{1,2}[-~]\d{1,2}$|^[\d.]+[-~][\d.]+$/.test(value)) continue;
    // "8자 이상", "90일마다": a rule about passwords, not one of them.
    const next = text.slice(m.index + m[0].length, m.index + m[0].length + 4);
    if (/^\s?(?:자|일|개|회|글자|번|분|시간|년|월|주|단계|%)/.test(next)) continue;
    const end = m.index + m[0].length;
    found.push(finding("password", end - value.length, end, "likely"));
  }
}

const english = /\b(?:password|passcode|passphrase|pwd)\s{1,2}(?:is|was|=|to)\s{1,2}["'`“‘]?([^\s"'`“”‘’,;]{4,64})/gi;
function said(text: string, found: Finding[]): void {
  english.lastIndex = 0;
  for (let m = english.exec(text); m !== null; m = english.exec(text)) {
    const value = (m[1] ?? "").replace(/[.!?)]+$/, "");
    if (value.length < 4 || looksPlaceholder(value) || !/\d/.test(value) || !/[A-Za-z!@#$%^&*]/.test(value)) continue;
    const start = m.index + m[0].length - (m[1] ?? "").length;
    found.push(finding("password", start, start + value.length, "likely"));
  }
}

const user = /(?:\s-u|--user|--proxy-user)[ =]{1,2}["']?([\w.@%+-]{1,64}):([^\s"']{3,128})/g;
function commandLine(text: string, found: Finding[]): void {
  user.lastIndex = 0;
  for (let m = user.exec(text); m !== null; m = user.exec(text)) {
    const value = m[2] ?? "";
    // `-u` has other meanings elsewhere (`date -u`).
    const line = text.slice(Math.max(0, m.index - 200), m.index);
    if (!m[0].includes("user") && !/\b(?:curl|wget|https?)\w{0,12}\b[^\n]*$/.test(line)) continue;
    if (looksPlaceholder(value) || /^(?:pass|token|key|secret)/i.test(value)) continue;
    const end = m.index + m[0].length;
    found.push(finding("password", end - value.length, end, "likely"));
  }
}

const authorization =
  /(?:authorization|x-api-key|api-key|x-auth-token)["']?\s{0,2}[:=]\s{0,3}["']?(?:(?:bearer|basic|token|apikey|key|digest|splunk|bot)\s{1,2})?["']?([^\s"',;]{8,2048})/gi;
const bearer = /\bbearer\s{1,2}["']?([A-Za-z0-9._~+/=-]{16,2048})/gi;
function header(text: string, found: Finding[]): void {
  for (const pattern of [authorization, bearer]) {
    pattern.lastIndex = 0;
    for (let m = pattern.exec(text); m !== null; m = pattern.exec(text)) {
      const value = m[1] ?? "";
      if (looksPlaceholder(value) || !/\d/.test(value) || /[{}$<>()]/.test(value)) continue;
      if (shapeOf(value).distinct < 6) continue;
      const end = m.index + m[0].length;
      found.push(finding("named-secret", end - value.length, end, "likely", "authorization"));
    }
  }
}

const entry = /(?:password|passwd|pwd)["']?[^>\n]{0,40}\bvalue="([^"\n]{4,128})"/gi;
function xml(text: string, found: Finding[]): void {
  entry.lastIndex = 0;
  for (let m = entry.exec(text); m !== null; m = entry.exec(text)) {
    const value = m[1] ?? "";
    if (looksPlaceholder(value) || !passwordLike(value, true)) continue;
    const end = m.index + m[0].length - 1;
    found.push(finding("password", end - value.length, end, "likely"));
  }
}
