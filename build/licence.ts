import { createHash, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { canonicalTerms, parseLicence, type LicenceTerms } from "../src/daemon/access/domain/licence.ts";

// The vendor's tool: makes a pair of keys, and signs licences with the private one. docs/licence.md says how.

/** The text of a licence file: the terms and an Ed25519 signature by `privateKey` (PKCS #8 PEM). Throws when the terms are not ones a rack would accept. */
export function signLicence(terms: LicenceTerms, privateKey: string): string {
  const signature = sign(null, Buffer.from(canonicalTerms(terms)), createPrivateKey(privateKey)).toString("base64");
  const text = `${JSON.stringify({ ...terms, signature }, null, 2)}\n`;
  if (parseLicence(text) === undefined) throw new Error("these terms are no licence: see docs/licence.md for the fields and their ranges");
  return text;
}

/** A new pair: the private key as PKCS #8 PEM, the public one as it stands in keys.json. */
export function newKeys(): { privateKey: string; publicKey: string; id: string } {
  const pair = generateKeyPairSync("ed25519");
  const der = pair.publicKey.export({ type: "spki", format: "der" });
  return {
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: der.toString("base64"),
    id: createHash("sha256").update(der).digest("hex").slice(0, 16),
  };
}

const usage = `node build/licence.ts keygen --private FILE --keys resources/licence/keys.json
  makes a pair of keys; the private one goes to FILE (new, 0600), the public one in place of those in keys.json
node build/licence.ts sign --private FILE --plan NAME --days N [--rack ID] [--max-level 1..5] [--packs all|a,b] [--sub-agents N|unlimited] [--support] [--out licence.json]
  signs a licence of N days from now`;

function keygen(privateFile: string, keysFile: string): void {
  if (existsSync(privateFile)) throw new Error(`${privateFile} is there already; a private key is never written over`);
  const { privateKey, publicKey, id } = newKeys();
  writeFileSync(privateFile, privateKey, { mode: 0o600, flag: "wx" });
  writeFileSync(keysFile, `${JSON.stringify({ keys: [{ id, publicKey }] }, null, 2)}\n`);
  process.stdout.write(`key ${id}: private half in ${privateFile}, public half in ${keysFile}\n`);
}

function main(argv: string[]): void {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      private: { type: "string" },
      keys: { type: "string" },
      plan: { type: "string" },
      days: { type: "string" },
      rack: { type: "string" },
      "max-level": { type: "string", default: "5" },
      packs: { type: "string", default: "all" },
      "sub-agents": { type: "string", default: "unlimited" },
      support: { type: "boolean", default: false },
      out: { type: "string", default: "licence.json" },
    },
  });
  const [command] = positionals;
  if (command === "keygen" && values.private && values.keys) return keygen(values.private, values.keys);
  if (command !== "sign" || !values.private || !values.plan || !values.days) throw new Error(usage);
  const issuedAt = Date.now();
  const text = signLicence(
    {
      plan: values.plan,
      ...(values.rack === undefined ? {} : { rackId: values.rack }),
      maxLevel: Number(values["max-level"]),
      packs: values.packs === "all" ? "all" : values.packs.split(",").map((name) => name.trim()),
      subAgents: values["sub-agents"] === "unlimited" ? "unlimited" : Number(values["sub-agents"]),
      support: values.support,
      issuedAt,
      notAfter: issuedAt + Math.round(Number(values.days) * 86_400_000),
    },
    readFileSync(values.private, "utf8"),
  );
  writeFileSync(values.out, text);
  process.stdout.write(`${values.out}: ${values.plan}, ${values.days} days\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
