import { isMasked, looksPlaceholder } from "./secrets-placeholders.ts";
import { shapeOf } from "./secrets-random.ts";

/**
 * Tokens that say by their first letters who issued them. Rows: who, prefixes, characters of the body, shortest and longest body.
 * Sources: the issuers' own pages on token formats and the public rules of secret scanners; a body longer than the longest is another thing.
 * Characters: n letters and digits, l small letters and digits, u capitals and digits, h hex, d digits, a letters, w word and dash, b base64 of both kinds, s word, dash and dot.
 */
type Charset = "n" | "l" | "u" | "h" | "d" | "a" | "w" | "b" | "s";
type Row = readonly [issuer: string, prefixes: string, charset: Charset, min: number, max: number];

const open = 4096;
const rows: readonly Row[] = [
  ["aws", "AKIA ASIA ABIA ACCA AIDA AROA AGPA AIPA ANPA ANVA A3T", "u", 16, 17],
  ["aws", "ABSK", "b", 100, 290],
  ["aws", "bedrock-api-key-", "b", 40, open],
  ["aws", "da2-", "l", 26, 26],
  ["github", "ghp_ gho_ ghu_ ghs_ ghr_", "s", 36, open],
  ["github", "github_pat_", "w", 36, 255],
  ["github", "v1.", "h", 40, 40],
  ["gitlab", "glpat- gldt- glft- glsoat- glimt- glagent- glptt- glrt- glrtr- glffct- gloas- glcbt- GR1348941", "s", 18, 320],
  ["gitlab", "_gitlab_session=", "h", 32, 32],
  ["stripe", "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ whsec_", "b", 10, 247],
  ["openai", "sk-proj- sk-svcacct- sk-admin- sk-None-", "w", 40, 256],
  ["openai", "sk-", "n", 40, 64],
  ["openrouter", "sk-or-v1-", "h", 64, 64],
  ["anthropic", "sk-ant-api03- sk-ant-admin01- sk-ant-oat01- sk-ant-ort01- sk-ant-sid01-", "w", 95, 95],
  ["deepseek", "sk-", "h", 32, 32],
  ["google", "AIza", "w", 35, 35],
  ["google", "GOCSPX-", "w", 28, 28],
  ["google", "ya29.", "s", 30, open],
  ["google", "AQ.Ab", "w", 45, 60],
  ["npm", "npm_", "n", 36, 36],
  ["pypi", "pypi-", "w", 60, open],
  ["sendgrid", "SG.", "s", 60, 72],
  ["mailgun", "key- pubkey-", "h", 32, 32],
  ["twilio", "SK", "h", 32, 32],
  ["slack", "xoxe-1- xoxe.xoxp-1- xoxe.xoxb-1-", "w", 100, open],
  ["facebook", "EAAM EAAC EAAB EAAD EAAG EAAJ EAAK EAAL EAAN EAAP EAAR EAAU EAAV EAAX EAAY EAAZ EAAE EAAF EAAH EAAI EAAO EAAQ EAAS EAAT EAAW", "n", 60, open],
  ["square", "sq0atp- sq0csp- sq0idp-", "w", 20, 44],
  ["square", "EAAA", "w", 56, 70],
  ["telegram", "tg_", "w", 40, 60],
  ["1password", "ops_eyJ", "b", 200, open],
  ["adobe", "p8e-", "n", 32, 32],
  ["age", "AGE-SECRET-KEY-1", "u", 58, 58],
  ["age", "AGE-SECRET-KEY-PQ-1", "u", 58, open],
  ["airtable", "pat", "s", 79, 79],
  ["alibaba", "LTAI", "n", 12, 26],
  ["anyscale", "esecret_", "n", 20, 60],
  ["jfrog", "AKCp", "n", 60, 75],
  ["jfrog", "cmVmd", "n", 50, 64],
  ["atlassian", "ATATT3 ATCTT3 ATBB ATTA BBDC-", "b", 24, 300],
  ["authress", "sc_ ext_ scauth_ authress_", "s", 60, 200],
  ["adafruit", "aio_", "n", 28, 28],
  ["apify", "apify_api_", "w", 30, 40],
  ["buildkite", "bkua_ bkpt_ bkat_", "h", 40, 40],
  ["circleci", "CCIPAT_ CCIPRJ_", "s", 40, 90],
  ["clickhouse", "4b1d", "n", 38, 38],
  ["clojars", "CLOJARS_", "n", 60, 60],
  ["cloudflare", "v1.0-", "s", 140, 180],
  ["cloudflare", "cfut_ cfat_ cfk_ cfp_", "n", 48, 48],
  ["cohere", "co-", "n", 36, 44],
  ["contentful", "CFPAT-", "w", 43, 43],
  ["databricks", "dapi", "h", 32, 32],
  ["databento", "db-", "n", 28, 32],
  ["digitalocean", "dop_v1_ doo_v1_ dor_v1_", "h", 64, 64],
  ["discord", "mfa.", "w", 60, 100],
  ["docker", "dckr_pat_ dckr_oat_", "w", 24, 40],
  ["doppler", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", "s", 36, 80],
  ["duffel", "duffel_live_ duffel_test_", "b", 40, 50],
  ["dynatrace", "dt0c01. dt0s01. dt0s16.", "s", 80, 100],
  ["dropbox", "sl.", "b", 100, open],
  ["easypost", "EZAK EZTK", "n", 54, 54],
  ["figma", "figd_ figu_ figo_ figur_", "w", 36, 60],
  ["fireworks", "fw_", "n", 22, 30],
  ["flutterwave", "FLWSECK_TEST- FLWSECK- FLWPUBK_TEST- FLWPUBK-", "s", 12, 50],
  ["fly.io", "fo1_ fm1a_ fm1r_ fm2_", "b", 43, open],
  ["frame.io", "fio-u-", "b", 60, 70],
  ["freemius", "sk_", "b", 29, 29],
  ["grafana", "glc_", "b", 32, 480],
  ["grafana", "eyJrIjoi", "b", 60, 440],
  ["grafana", "glsa_", "w", 41, 41],
  ["groq", "gsk_", "n", 52, 52],
  ["harness", "pat. sat.", "s", 60, 80],
  ["hashicorp", "hvs. hvb. hvr.", "b", 60, open],
  ["hashicorp", "s.", "n", 24, 24],
  ["heroku", "HRKU-", "w", 36, 64],
  ["huggingface", "hf_ api_org_", "n", 34, 40],
  ["infracost", "ico-", "n", 32, 32],
  ["intra42", "s-s4t2ud- s-s4t2af-", "h", 64, 64],
  ["langchain", "lsv2_pt_ lsv2_sk_ ls__", "s", 32, 60],
  ["launchdarkly", "sdk- api- mob-", "h", 36, 36],
  ["linear", "lin_api_ lin_oauth_", "n", 38, 64],
  ["lob", "live_ test_ live_pub_ test_pub_", "h", 31, 40],
  ["mapbox", "sk.eyJ1Ijoi tk.eyJ1Ijoi", "s", 40, 200],
  ["mergify", "mka_", "n", 40, 60],
  ["netlify", "nfp_ nfc_ nfo_ nfu_", "n", 36, 40],
  ["new relic", "NRAK- NRJS- NRAA- NRII- NRIQ- NRRA- NRBR-", "n", 19, 48],
  ["notion", "ntn_", "n", 46, 46],
  ["notion", "secret_", "n", 43, 43],
  ["nvidia", "nvapi-", "w", 60, 70],
  ["octopus", "API-", "u", 25, 31],
  ["openshift", "sha256~", "w", 40, 48],
  ["paystack", "sk_live_ sk_test_", "h", 40, 40],
  ["perplexity", "pplx-", "n", 48, 48],
  ["pinecone", "pcsk_", "w", 60, 80],
  ["pipedream", "pd_", "n", 40, 60],
  ["plaid", "access-sandbox- access-production- access-development-", "w", 36, 36],
  ["planetscale", "pscale_tkn_ pscale_oauth_ pscale_pw_", "b", 32, 64],
  ["postman", "PMAK-", "w", 50, 60],
  ["posthog", "phx_ phs_", "n", 40, 60],
  ["prefect", "pnu_ pnb_", "n", 36, 36],
  ["pulumi", "pul-", "h", 40, 40],
  ["ramp", "ramp_id_ ramp_sec_", "n", 40, 60],
  ["razorpay", "rzp_live_ rzp_test_", "n", 14, 20],
  ["readme", "rdme_", "n", 70, 70],
  ["replicate", "r8_", "w", 36, 40],
  ["resend", "re_", "w", 30, 40],
  ["rubygems", "rubygems_", "h", 48, 48],
  ["salesforce", "00D", "w", 12, 15],
  ["sanity", "skn", "n", 80, 200],
  ["scalingo", "tk-us-", "w", 48, 48],
  ["sendinblue", "xkeysib- xsmtpsib-", "w", 70, 90],
  ["sentry", "sntrys_ sntryu_", "b", 60, open],
  ["settlemint", "sm_aat_ sm_pat_ sm_sat_", "n", 16, 16],
  ["shippo", "shippo_live_ shippo_test_", "h", 40, 40],
  ["shopify", "shpat_ shpca_ shppa_ shpss_ shpua_", "n", 32, 40],
  ["sonar", "squ_ sqp_ sqa_", "h", 40, 40],
  ["sourcegraph", "sgp_local_ sgp_ sgd_ slk_", "h", 40, 64],
  ["sourcegraph", "sgp_", "w", 57, 57],
  ["spectral", "spu-", "h", 32, 32],
  ["stytch", "secret-live- secret-test-", "b", 36, 44],
  ["supabase", "sbp_ sb_secret_", "w", 24, 50],
  ["tailscale", "tskey-api- tskey-auth- tskey-client- tskey-scim- tskey-webhook- tskey-", "w", 22, 80],
  ["tavily", "tvly-", "w", 28, 50],
  ["thunderstore", "tss_", "n", 32, 60],
  ["typeform", "tfp_", "s", 40, 70],
  ["ubidots", "BBFF-", "n", 30, 40],
  ["vercel", "vcp_ vck_ vci_ vca_ vcr_", "w", 24, 64],
  ["vultr", "VULTR_", "u", 36, 36],
  ["xai", "xai-", "n", 60, 90],
  ["yandex", "AQVN", "w", 35, 40],
  ["yandex", "t1.9eu", "s", 80, open],
  ["yandex", "y0_", "w", 50, 60],
  ["zoho", "1000.", "s", 65, 65],
  ["naver", "ncp_iam_ ncp_", "n", 28, 44],
];

interface Format {
  issuer: string;
  prefix: string;
  charset: Uint8Array;
  min: number;
  max: number;
}

const ranges: Record<Charset, readonly [ranges: string, marks: string]> = {
  n: ["09azAZ", ""],
  l: ["09az", ""],
  u: ["09AZ", ""],
  h: ["09afAF", ""],
  d: ["09", ""],
  a: ["azAZ", ""],
  w: ["09azAZ", "_-"],
  b: ["09azAZ", "_-+/="],
  s: ["09azAZ", "_-."],
};

function charset(name: Charset): Uint8Array {
  const set = new Uint8Array(128);
  const [spans, marks] = ranges[name];
  for (let at = 0; at < spans.length; at += 2) set.fill(1, spans.charCodeAt(at), spans.charCodeAt(at + 1) + 1);
  for (const mark of marks) set[mark.charCodeAt(0)] = 1;
  return set;
}

const sets = new Map((Object.keys(ranges) as Charset[]).map((name) => [name, charset(name)]));
/** By the first two characters, longest prefix first: one look-up for each word that begins. */
const byStart = new Map<number, Format[]>();
for (const [issuer, prefixes, name, min, max] of rows) {
  for (const prefix of prefixes.split(" ")) {
    const key = (prefix.charCodeAt(0) << 7) | prefix.charCodeAt(1);
    const formats = byStart.get(key) ?? [];
    formats.push({ issuer, prefix, charset: sets.get(name) ?? new Uint8Array(128), min, max });
    byStart.set(key, formats);
  }
}
for (const formats of byStart.values()) formats.sort((a, b) => b.prefix.length - a.prefix.length);

/** Bodies of Google API keys that stand in Firebase's public samples and tests, as FNV-1a hashes: everybody has them. */
const publicSamples = new Set([
  0x97882502, 0x4c5e544d, 0x90873b48, 0xcd6a989e, 0x12d7b33b, 0x9d72a523, 0x506772a2, 0xee0ebcdd, 0xa5714945, 0x6e76fd5d, 0x288d6658, 0x7d75d8c9, 0x0c206087,
  0x4ef65a40, 0xb12bff7a, 0x241ebf2c,
]);

function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Issuer and end of the provider's token that begins at `start`, if one does; `end` is exclusive. The caller has seen that a word begins there. */
export function providerTokenAt(text: string, start: number): { issuer: string; end: number } | undefined {
  const formats = byStart.get((text.charCodeAt(start) << 7) | text.charCodeAt(start + 1));
  if (formats === undefined) return undefined;
  for (const { issuer, prefix, charset, min, max } of formats) {
    if (!text.startsWith(prefix, start)) continue;
    const from = start + prefix.length;
    let end = from;
    const last = Math.min(text.length, from + max + 1);
    while (end < last) {
      const code = text.charCodeAt(end);
      if (code > 127 || charset[code] === 0) break;
      end++;
    }
    while (end > from && (text.charCodeAt(end - 1) === 46 || text.charCodeAt(end - 1) === 45)) end--;
    const length = end - from;
    if (length < min || length > max) continue;
    // A prefix that ends in a mark, or AWS's four letters (one of their keys in fifty has no digit): only a mask makes it a sample.
    const plain = prefix.length >= 4 && /[_.-]$|^A[KSB]IA$|^ACCA$/.test(prefix);
    const body = text.slice(from, end);
    if (plain ? isMasked(body) : looksPlaceholder(body) || publicSamples.has(fnv(body))) continue;
    if (prefix.length < 5 && !plain && prefix !== "AIza" && !drawn(text, from, end)) continue;
    return { issuer, end };
  }
  return undefined;
}

/** A short prefix begins words too: then the body has to look drawn by chance. */
function drawn(text: string, from: number, end: number): boolean {
  const shape = shapeOf(text, from, end);
  const floor = shape.lowers === 0 ? 0.2 : 0.35;
  return shape.random >= floor && (shape.digits > 0 || shape.random >= 0.6);
}
