import { readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { nodeRoles } from "../../contract/values.ts";

const port = z.coerce.number().int().min(0).max(65535).describe("a port from 0 to 65535 (0: any free one)");
const flag = z.union([z.boolean(), z.enum(["true", "false", "1", "0", ""]).transform((v) => v === "true" || v === "1" || v === "")]).describe("true or false");
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (v) =>
      typeof v === "string"
        ? v
            .split(",")
            .map((s) => s.trim())
            .filter(Boolean)
        : v,
    z.array(item),
  );

/** Every setting of aosd, once: key in the file, AOS_KEY_NAME in the environment, --key-name as a flag. The description is what an error message allows. */
const options = {
  stateDir: z.string().min(1).describe("a folder that this user may write").default(defaultStateDir()),
  name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .describe("a name of 1 to 60 characters")
    .default(hostname().split(".")[0] || "aos"),
  roles: list(z.enum(nodeRoles))
    .pipe(z.array(z.enum(nodeRoles)).min(1))
    .describe(`a comma list of ${nodeRoles.join(", ")}`)
    .default([...nodeRoles]),
  desktop: flag.describe("true or false: the local account is the owner").default(false),
  demo: flag.default(false),
  rackName: z.string().trim().min(1).max(60).describe("a name of 1 to 60 characters").optional(),
  lanHost: z.string().min(1).describe("an address of this machine, 0.0.0.0 for all").default("0.0.0.0"),
  lanPort: port.default(7443),
  loopbackPort: port.default(7442),
  discovery: z.enum(["auto", "bonjour", "dns-sd", "off"]).describe("auto, bonjour, dns-sd or off").default("auto"),
  members: list(z.string().min(1)).describe("a comma list of host:port").default([]),
  ups: z.enum(["none", "nut", "pmset"]).describe("none, nut or pmset").default("none"),
  upsHost: z.string().min(1).describe("host name or address of the NUT server").default("127.0.0.1"),
  upsPort: port.default(3493),
  upsName: z.string().min(1).describe("the name that the NUT server gives the UPS").optional(),
  upsUser: z.string().min(1).describe("a NUT user").optional(),
  upsPassword: z.string().min(1).describe("the NUT user's password").optional(),
  upsTls: z.enum(["off", "prefer", "require"]).describe("off, prefer or require").default("prefer"),
  upsCaFile: z.string().min(1).describe("a PEM file with the certificate to trust").optional(),
  upsSimulated: flag.default(false),
  logLevel: z.enum(["debug", "info", "warn", "error"]).describe("debug, info, warn or error").default("info"),
  logMegabytes: z.coerce.number().int().min(1).max(1000).describe("a whole number from 1 to 1000").default(10),
  logFiles: z.coerce.number().int().min(1).max(100).describe("a whole number from 1 to 100").default(5),
  /** Folder that agents work in; beside the state folder unless said. */
  workspace: z.string().min(1).describe("a folder").optional(),
  /** UDP port of the lease between the nodes' keepers. */
  leasePort: port.default(0),
  licenceFile: z.string().min(1).describe("a signed licence file").optional(),
  /** A further key that signs licences; counts only together with `demo`. */
  licenceKey: z.string().min(1).describe("a public key, base64").optional(),
  consoleDir: z.string().min(1).describe("the folder of the built console").optional(),
} as const;

const schema = z.object(options);
export type Config = z.infer<typeof schema>;
type Key = keyof typeof options;
const keys = Object.keys(options) as Key[];

/** The description stands on the innermost type: defaults and optionals wrap it. */
function allowed(type: z.ZodType): string {
  if (type.description !== undefined) return type.description;
  return "unwrap" in type && typeof type.unwrap === "function" ? allowed((type.unwrap as () => z.ZodType)()) : "another value";
}

const kebab = (key: string) => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
const envName = (key: string) => `AOS_${kebab(key).replaceAll("-", "_").toUpperCase()}`;

function defaultStateDir(): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "aos");
  if (process.platform === "win32") return join(process.env["LOCALAPPDATA"] ?? homedir(), "aos");
  return join(process.env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share"), "aos");
}

/** A setting that can't be used: `key`, where it came from and what would be allowed stand in the message. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

interface Source {
  value: unknown;
  from: string;
}

/**
 * Settings from flags, then environment, then file, then defaults; parsed once.
 * Throws `ConfigError` for an unknown flag or key and for a wrong value. Secrets are never repeated in messages.
 */
export function readConfig(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  const given = new Map<Key, Source>();
  const flags = readFlags(argv);
  for (const [key, source] of readFile(flags.get("config") ?? env["AOS_CONFIG"])) given.set(key, source);
  for (const key of keys) {
    const value = env[envName(key)];
    if (value !== undefined) given.set(key, { value, from: `environment ${envName(key)}` });
    const flagValue = flags.get(key);
    if (flagValue !== undefined) given.set(key, { value: flagValue, from: `flag --${kebab(key)}` });
  }
  const parsed = schema.safeParse(Object.fromEntries([...given].map(([key, source]) => [key, source.value])));
  if (parsed.success) return { ...parsed.data, stateDir: resolve(parsed.data.stateDir) };
  const lines = parsed.error.issues.map((issue) => {
    const key = String(issue.path[0]) as Key;
    const source = given.get(key);
    const shown = /password/i.test(key) ? "(hidden)" : JSON.stringify(source?.value);
    return `${key} = ${shown} (${source?.from ?? "default"}): allowed is ${allowed(options[key])}`;
  });
  throw new ConfigError([...new Set(lines)].join("\n"));
}

function readFlags(argv: readonly string[]): Map<string, string | boolean> {
  const isFlag = (key: Key) => key === "desktop" || key === "demo" || key === "upsSimulated";
  try {
    const { values } = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        config: { type: "string" },
        ...Object.fromEntries(keys.map((key) => [kebab(key), { type: isFlag(key) ? ("boolean" as const) : ("string" as const) }])),
      },
    });
    const byKebab = new Map(keys.map((key) => [kebab(key), key as string]));
    return new Map(Object.entries(values).map(([name, value]) => [byKebab.get(name) ?? name, value as string | boolean]));
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\nFlags: ${keys.map((key) => `--${kebab(key)}`).join(" ")}`, { cause: error });
  }
}

function readFile(path: string | boolean | undefined): Map<Key, Source> {
  if (typeof path !== "string") return new Map();
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new ConfigError(`file ${path} can't be read as JSON: ${(error as Error).message}`, { cause: error });
  }
  const object = z.record(z.string(), z.unknown()).safeParse(json);
  if (!object.success) throw new ConfigError(`file ${path}: allowed is one JSON object`);
  for (const key of Object.keys(object.data))
    if (!(key in options)) throw new ConfigError(`file ${path}: no setting is called ${JSON.stringify(key)}; allowed are ${keys.join(", ")}`);
  return new Map(Object.entries(object.data).map(([key, value]) => [key as Key, { value, from: `file ${path}` }]));
}
