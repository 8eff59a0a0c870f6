/** Words round a value: those that make it a secret, and those that say it is a digest, a name or a number of something. */

/** Names of passwords: what follows is a secret even if a person thought it up. */
export const passwordName =
  /(?:pass(?:word|wd|phrase|code)?|pwd|passwort|contrase(?:ñ|n)a|비밀 ?번호|비번|패스워드|암호|핀 ?번호|pin ?(?:code|number)?)["'`\]]?$/i;

/** Names of keys and tokens: what follows is a secret if it looks drawn by chance. */
export const secretWord =
  /pass(?:word|wd|phrase|code)|pwd|secret|token|key|auth|bearer|cred|\bpat\b|\bsas\b|\bsig\b|signature|jwt|cookie|session|webhook|login|account|api|_pass|hmac|salt|client|hook|비밀 ?번호|비번|암호|인증|토큰|시크릿|비밀 ?키|액세스 ?키|접근 ?키|api ?키|키 ?값|키(?=[는가를 :=])/i;

/** Strong names: enough for values that also look like an id (a UUID, a digest). */
export const strongWord =
  /pass(?:word|wd|phrase|code)|pwd|secret(?!s?[-_ ]?(?:id|name|version))|token(?![-_ ]?id)|(?:api|access|private|auth|account|master|encrypt\w*|sign\w*|service|client|licen[cs]e|shared|storage|subscription|admin|consumer|app|server|user|project|primary|sync|write|read|dev\w*|prod\w*|integration|global|personal|rest|web)[-_ ]?key(?![-_ ]?id)|\bkey\b(?![-_ ]?id)|auth(?:orization|_?code)?\b|bearer|credentials?\b(?!s?id)|x-api-key|비밀 ?번호|암호|인증 ?키|토큰|시크릿|비밀 ?키|액세스 ?키|api ?키/i;

/** Right before a value: it is a digest, a revision, a public half, an address of something. Looked for in the last characters before the value. */
export const benignLead =
  /(?:sha-?(?:1|2|224|256|384|512)|md5|checksum|digest|integrity|hash|commit|revision|srcrev\w*|\brev|etag|uuid|guid|(?:request|trace|span|correlation|transaction|build|image|container|session|block|device|event|message|order|user|instance|process)[-_. ]?id|csrf[\w-]*|xsrf[\w-]*|authenticity_token|public[-_ ]?key|publickey|fingerprint|\bh1|resolved|ssh-(?:rsa|dss|ed25519)|ecdsa-\w+|base64,|blob|tree|parent|version|nonce|thumbprint|serial|identity|keyselector|packagemanager|chars|alphabet|keystr|schema|cmp|act|blk|seed ?commit|svg|path d|data)["'`]?[)\]]?\s*(?:"\s*value)?\s*[:=>@-]{0,2}\s*(?:\{|\[|\()?\s*["'`]?(?:w\/")?$/i;

/** A UUID, a digest of a known length, or a date: shapes that are everywhere and mean nothing by themselves. */
export const uuid = /^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$/i;
export const digestLengths = new Set([32, 40, 56, 64, 96, 128]);
