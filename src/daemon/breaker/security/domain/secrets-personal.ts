import { finding, type Finding } from "./secrets-finding.ts";

/** Numbers of persons: resident number, card, account, phone. Looked for where digits stand, judged by checksum or by the word beside them. */
export function findPersonal(text: string, found: Finding[]): void {
  const length = text.length;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) {
      at++;
      continue;
    }
    const start = at;
    let digits = "";
    let groups = 0;
    let last = at;
    let gap = 0;
    // A run of digits with single dashes, dots or spaces between its groups.
    while (at < length && digits.length <= 24) {
      const now = text.charCodeAt(at);
      if (now >= 48 && now <= 57) {
        digits += text[at];
        last = at + 1;
        gap = 0;
      } else if ((now === 45 || now === 32 || now === 8209 || now === 8211 || now === 41) && gap === 0) {
        gap = 1;
        groups++;
      } else break;
      at++;
    }
    if (digits.length >= 9 && digits.length <= 19 && !joined(text, start, last)) judge(text, start, last, digits, found);
    at = Math.max(at, last);
    // A longer run goes on; what is left of it is no number of its own.
    while (at < length && isDigit(text.charCodeAt(at))) at++;
    if (groups === 0 && at === start) at++;
  }
}

const isDigit = (code: number) => code >= 48 && code <= 57;
const isLetter = (code: number) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

/** Part of a word, a decimal, a path: not a number by itself. */
function joined(text: string, start: number, end: number): boolean {
  const before = start > 0 ? text.charCodeAt(start - 1) : 32;
  const after = end < text.length ? text.charCodeAt(end) : 32;
  if (isLetter(before) || isLetter(after) || before === 46 || before === 45 || before === 47 || isDigit(after)) return true;
  return after === 46 && isDigit(text.charCodeAt(end + 1));
}

function judge(text: string, start: number, end: number, digits: string, found: Finding[]): void {
  const written = text.slice(start, end);
  if (digits.length === 13 && (/^\d{6}[- ]?\d{7}$/.test(written) || /^\d{6} - \d{7}$/.test(written)) && isBirthday(digits)) {
    if (residentChecksum(digits)) {
      // Ten-millisecond stamps of 13 digits pass one checksum in ten: without its dash the number needs its name.
      if (written.length > 13 || near(text, start, end, residentWord)) found.push(finding("resident-number", start, end, "certain"));
      return;
    }
    // Since October 2020 the last six digits are drawn by chance: no checksum, so the name has to stand there.
    if (near(text, start, end, residentWord)) found.push(finding("resident-number", start, end, "likely"));
    return;
  }
  if (digits.length >= 13 && isCard(digits) && /^\d{4}([- ]?)\d{4}\1\d{4}\1\d{1,7}$|^\d{4}([- ]?)\d{6}\2\d{4,5}$/.test(written)) {
    const grouped = written.length > digits.length;
    if (grouped || near(text, start, end, cardWord)) found.push(finding("card", start, end, grouped ? "certain" : "likely"));
    return;
  }
  if (/^01[016789][- ]?\d{3,4}[- ]?\d{4}$/.test(written) && near(text, start, end, phoneWord)) {
    found.push(finding("phone", start, end, "likely"));
    return;
  }
  if (digits.length >= 10 && digits.length <= 16 && /^\d{2,6}-\d{2,7}(?:-\d{2,8}){0,2}$|^\d{10,14}$/.test(written) && near(text, start, end, accountWord)) {
    if (!/^0\d{1,2}-\d{3,4}-\d{4}$/.test(written)) found.push(finding("bank-account", start, end, "likely"));
  }
}

const residentWord = /주민|외국인 ?등록|resident (?:registration )?number|\brrn\b/i;
const cardWord = /카드|card|visa|master|amex|결제/i;
const phoneWord = /휴대 ?(?:폰|전화)|핸드폰|연락처|전화 ?번호|폰 ?번호|고객 ?번호|mobile|phone|cell\b/i;
const accountWord =
  /계좌|입금|송금|이체|예금주|국민은행|신한|우리은행|하나은행|기업은행|농협|카카오뱅크|토스뱅크|케이뱅크|새마을금고|우체국|수협|bank account|account (?:no|number)|\biban\b/i;

/** A word in the 24 characters before or the 12 after. */
function near(text: string, start: number, end: number, word: RegExp): boolean {
  return word.test(text.slice(Math.max(0, start - 24), start)) || word.test(text.slice(end, end + 12));
}

/** Month, day and the seventh digit (century and sex, 1-8; 9 and 0 for the 1800s) fit. */
function isBirthday(digits: string): boolean {
  const month = Number(digits.slice(2, 4));
  const day = Number(digits.slice(4, 6));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** Weights 2-9, 2-5 over twelve digits; check = (11 - sum mod 11) mod 10, and two more for foreigners (5-8). */
export function residentChecksum(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < 12; at++) sum += Number(digits[at]) * ((at % 8) + 2);
  const check = (11 - (sum % 11)) % 10;
  const foreign = (13 - (sum % 11)) % 10;
  const last = Number(digits[12]);
  return last === check || (/[5-8]/.test(digits[6] ?? "") && last === foreign);
}

/** Luhn, and the first digits of a network: Visa, Mastercard, Amex, JCB, Diners, Discover, UnionPay, and Korea's local 9. */
export function isCard(digits: string): boolean {
  const length = digits.length;
  const network =
    (digits.startsWith("4") && (length === 13 || length === 16 || length === 19)) ||
    (/^(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720))/.test(digits) && length === 16) ||
    (/^3[47]/.test(digits) && length === 15) ||
    (/^35(?:2[89]|[3-8])/.test(digits) && length === 16) ||
    (/^3(?:0[0-5]|[68])/.test(digits) && length === 14) ||
    (/^6(?:011|5|4[4-9]|2)/.test(digits) && length >= 16) ||
    (digits.startsWith("9") && length === 16);
  if (!network || /^(\d)\1+$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < length; at++) {
    const digit = Number(digits[length - 1 - at]);
    const twice = at % 2 === 1 ? digit * 2 : digit;
    sum += twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
}
