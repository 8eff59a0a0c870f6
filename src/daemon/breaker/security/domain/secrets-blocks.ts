import { finding, type Finding } from "./secrets-finding.ts";
import { looksPlaceholder } from "./secrets-placeholders.ts";

/** A private key in armour: from its first line to its last, or to the end of the text when it was cut off. Public halves and certificates are none. */
const begin = /-----BEGIN ([A-Z0-9 ]{0,40}?)PRIVATE KEY(?: BLOCK)?-----/g;
const jwt = /(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g;
const encodedJwt = /(?<![\w+/-])ZXlK[A-Za-z0-9+/_-]{60,}={0,2}/g;
/** user:password@ in a URL. Each part is bounded, so that no text makes it slow. */
const userInfo = /\b[a-z][a-z0-9+.-]{1,20}:\/\/([^\s:@/"'`<>?#]{0,128}):([^\s@/"'`<>]{1,256})@([^\s/"'`<>?#]{1,253})/gi;
const hooks =
  /\bhttps:\/\/(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{20,}|(?:[a-z]+\.)?discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{40,}|[a-z0-9-]+\.webhook\.office\.com\/webhookb?2?\/[\w@/-]{60,}|hooks\.zapier\.com\/hooks\/catch\/[A-Za-z0-9/]{10,}|[a-z0-9-]+\.tines\.com\/webhook\/[a-z0-9/]{30,}|chat\.googleapis\.com\/v1\/spaces\/[\w-]+\/messages\?[^\s"']{20,}|hook\.(?:us|eu)\d\.make\.com\/[a-z0-9]{20,})/gi;
const telegram = /(?<![\w-])\d{8,10}:A[A-Za-z0-9_-]{34}(?![A-Za-z0-9_-])/g;
const azureAd = /(?<![\w~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~-])/g;
const discordBot = /(?<![\w.-])[MNO][A-Za-z\d_-]{23,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])/g;
const slack =
  /(?<![A-Za-z0-9])(?:xoxb-\d{8,14}-(?:\d{10,13}(?:-[A-Za-z0-9-]+)?|[A-Za-z0-9]{18,26})|xox[pe](?:-\d{10,13}){3}-[A-Za-z0-9-]{20,40}|xox[os]-\d+-\d+-\d+-[a-fA-F\d]+|xox[ar]-(?:\d-)?[A-Za-z0-9]{8,48}|xoxe(?:\.xox[bp])?-\d-[A-Z0-9]{100,180}|xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]+)/g;
const onePassword = /(?<![A-Z0-9])A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}(?![A-Z0-9])/g;
const azureAccount = /\b(?:AccountKey|SharedAccessKey|SharedSecret|sig|AccessKey)=([A-Za-z0-9+/%=_-]{32,})/gi;
const mailchimp = /(?<![A-Za-z0-9])[0-9a-f]{32}-us\d{1,2}(?!\w)/g;
const yandex = /(?<![\w.-])t1\.[\w-]{1,400}={0,2}\.[\w-]{80,90}={0,2}/g;
const wallet = /(?<![A-Za-z0-9])0x[0-9a-fA-F]{64}(?![0-9a-fA-F])/g;
const terraform = /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,80}/g;

/** Secrets that have a structure of their own. Each search is run only if its fixed part occurs. */
export function findBlocks(text: string, found: Finding[]): void {
  if (text.includes("PRIVATE KEY")) privateKeys(text, found);
  if (text.includes("eyJ")) each(text, jwt, (m) => void found.push(finding("jwt", m.index, m.index + m[0].length, "certain")));
  if (text.includes("ZXlK")) each(text, encodedJwt, (m) => void found.push(finding("jwt", m.index, m.index + m[0].length, "likely", "jwt, encoded")));
  if (text.includes("://")) {
    urls(text, found);
    if (/hook|googleapis/i.test(text)) each(text, hooks, (m) => void found.push(finding("webhook", m.index, m.index + m[0].length, "certain")));
  }
  const token = (pattern: RegExp, issuer: string, certainty: Finding["certainty"] = "certain") =>
    each(text, pattern, (m) => {
      if (!looksPlaceholder(m[0])) found.push(finding("provider-token", m.index, m.index + m[0].length, certainty, issuer));
    });
  if (text.includes(":A")) token(telegram, "telegram");
  if (text.includes("Q~")) token(azureAd, "azure");
  if (text.includes("xox") || text.includes("xapp-")) token(slack, "slack");
  if (text.includes("A3-")) token(onePassword, "1password");
  if (text.includes("-us")) token(mailchimp, "mailchimp");
  if (text.includes(".atlasv1.")) token(terraform, "terraform");
  if (text.includes("t1.")) token(yandex, "yandex");
  if (text.includes("0x")) token(wallet, "wallet key", "likely");
  if (/discord/i.test(text)) token(discordBot, "discord");
  if (/Key=|sig=|Secret=/i.test(text)) {
    each(text, azureAccount, (m) => {
      const value = m[1] ?? "";
      const end = m.index + m[0].length;
      if (!looksPlaceholder(value)) found.push(finding("connection-string", end - value.length, end, "certain"));
    });
  }
}

function privateKeys(text: string, found: Finding[]): void {
  each(text, begin, (m) => {
    const from = m.index + m[0].length;
    const close = text.indexOf("-----END", from);
    const body = text.slice(from, close < 0 ? from + 1024 : Math.min(close, from + 1024));
    // A header quoted in prose, or a sample of one word, holds no key.
    const long = /[A-Za-z0-9+/]{16}/.exec(body);
    const key = long !== null && body.replace(/[^A-Za-z0-9+/]/g, "").length >= 40 && !looksPlaceholder(long[0]);
    if (!key) return from;
    const lastLine = close < 0 ? -1 : text.indexOf("-----", close + 8);
    const end = lastLine < 0 ? text.length : lastLine + 5;
    found.push(finding("private-key", m.index, end, "certain", `${(m[1] ?? "").trim().toLowerCase()} private-key`.trim()));
    return end;
  });
}

function urls(text: string, found: Finding[]): void {
  each(text, userInfo, (m) => {
    const [whole = "", user = "", password = "", host = ""] = m;
    if (password === user || whole.startsWith(`${password}:`) || /[{<$]/.test(user + host + password)) return;
    const sample = /^(?:user(?:name)?|name|login|id|foo|my\w*)?$/i.test(user) || /localhost|127\.0|example|host|server|your/i.test(host);
    if (looksPlaceholder(password) && (sample || !/^[a-z]+$/i.test(password))) return;
    const start = m.index + whole.length - host.length - 1 - password.length;
    found.push(finding("connection-string", start, start + password.length, "certain"));
  });
}

/** Every match in turn; `take` may say where to go on. */
function each(text: string, pattern: RegExp, take: (match: RegExpExecArray) => number | void): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) pattern.lastIndex = take(match) ?? pattern.lastIndex;
}
