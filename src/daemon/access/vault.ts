import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import { writeWhole } from "../kernel/files.ts";
import type { Log } from "../kernel/log.ts";
import { hostAllowed, isHandle, isHostPattern, type Taken } from "./domain/vault-handles.ts";
import { createMatcher, windowsOf, type Salt, type VaultMatcher, type Windows } from "./domain/vault-windows.ts";
import type { KeyProblem, VaultKey } from "./vault-key.ts";

export type VaultProblem = KeyProblem | "vault.file-unreadable" | "vault.file-damaged" | "vault.key-missing" | "vault.tampered";
export type VaultState = { state: "open"; count: number } | { state: "locked"; code: VaultProblem };
export type Changed = { ok: true } | { ok: false; code: "vault.locked" | "vault.bad-handle" | "vault.bad-host" | "vault.bad-value" | "vault.unknown-handle" };

/** What is shown of a secret: never its value. Instants are milliseconds since the epoch. */
export interface SecretView {
  handle: string;
  hosts: string[];
  note: string;
  createdAt: number;
  lastUsedAt: number | null;
  canary: boolean;
}

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const entrySchema = z.strictObject({
  hosts: z.array(z.string().refine(isHostPattern)).max(64),
  note: z.string().max(500),
  createdAt: z.number().int(),
  lastUsedAt: z.number().int().nullable(),
  canary: z.boolean(),
  iv: base64,
  data: base64,
  tag: base64,
});
const fileSchema = z.strictObject({ version: z.literal(1), entries: z.record(z.string().refine(isHandle), entrySchema), mac: base64 });
type Entry = z.infer<typeof entrySchema>;
type Entries = ReadonlyMap<string, Entry>;
type Opened = { ok: true; key: Buffer; entries: Entries } | { ok: false; code: VaultProblem };

const LONGEST = 64 * 1024;
const SHORTEST = 4;
/** How often a use alone is worth a write. */
const USE_MS = 60_000;

/**
 * Secrets by handle in `vault.json`: AES-256-GCM for each, bound to its handle and hosts, a MAC over the whole. Whatever is damaged, missing or
 * foreign locks it: a locked vault gives nothing, takes nothing and is never written over. Values are decrypted when taken and not kept;
 * buffers are zeroed, strings are the runtime's to forget.
 */
export function createVault({
  stateDir,
  clock,
  log,
  key,
  randomBytes,
}: {
  stateDir: string;
  clock: Clock;
  log: Log;
  key: VaultKey;
  randomBytes: (size: number) => Buffer;
}) {
  const path = join(stateDir, "vault.json");
  const salt = createSalt(randomBytes);
  const windows = new Map<string, Windows>();
  let matcher: VaultMatcher = createMatcher([], salt);
  let savedUse = clock.mono();
  let vault = open(path, key);
  if (vault.ok) {
    const { key: secret } = vault;
    for (const [handle, entry] of vault.entries) {
      const value = unseal(secret, handle, entry);
      if (value === undefined) {
        vault = { ok: false, code: "vault.tampered" };
        break;
      }
      windows.set(handle, windowsOf(handle, value.toString("utf8"), entry.canary, salt));
      value.fill(0);
    }
  }
  if (vault.ok) matcher = createMatcher([...windows.values()], salt);
  else {
    windows.clear();
    log.error("vault.locked", { problem: vault.code });
  }

  /** On disk first, then in memory: a write that fails leaves both as they were. */
  function commit(held: Opened & { ok: true }, entries: Entries): void {
    writeWhole(path, fileText(held.key, entries));
    vault = { ...held, entries };
    savedUse = clock.mono();
  }

  /** The key is made with the first secret: until then there is nothing to protect, and nothing to lose. */
  function ready(): (Opened & { ok: true }) | undefined {
    if (!vault.ok) return undefined;
    if (vault.key.length === 0) {
      const fresh = randomBytes(32);
      key.save(fresh);
      vault = { ...vault, key: fresh };
    }
    return vault;
  }

  function put(handle: string, value: string, hosts: readonly string[], note: string, canary: boolean): Changed {
    if (!isHandle(handle)) return { ok: false, code: "vault.bad-handle" };
    const bound = hosts.map((host) => host.trim().toLowerCase());
    if (bound.length > 64 || (bound.length === 0 && !canary) || !bound.every(isHostPattern)) return { ok: false, code: "vault.bad-host" };
    if (value.trim().length < SHORTEST || value.length > LONGEST || !value.isWellFormed()) return { ok: false, code: "vault.bad-value" };
    const held = ready();
    if (held === undefined) return { ok: false, code: "vault.locked" };
    const meta = { hosts: bound, note: note.slice(0, 500), createdAt: clock.now(), lastUsedAt: null, canary };
    const entry = seal(held.key, handle, meta, value, randomBytes(12));
    commit(held, new Map([...held.entries, [handle, entry]]));
    windows.set(handle, windowsOf(handle, value, canary, salt));
    matcher = createMatcher([...windows.values()], salt);
    return { ok: true };
  }

  function noteUse(handle: string): void {
    if (!vault.ok) return;
    const entry = vault.entries.get(handle);
    if (entry === undefined) return;
    const entries = new Map([...vault.entries, [handle, { ...entry, lastUsedAt: clock.now() }]]);
    if (clock.mono() - savedUse < USE_MS) {
      vault = { ...vault, entries };
      return;
    }
    try {
      commit(vault, entries);
    } catch (error) {
      // When it was used is a comfort; the use itself doesn't wait for a disk.
      vault = { ...vault, entries };
      log.warn("vault.use-not-saved", { error });
    }
  }

  return {
    state: (): VaultState => (vault.ok ? { state: "open", count: vault.entries.size } : { state: "locked", code: vault.code }),
    /** Keeps `value` (4 characters to 64 KiB) under a handle, for the hosts named; one that was there is replaced. */
    set: (handle: string, value: string, { hosts, note = "" }: { hosts: readonly string[]; note?: string }): Changed => put(handle, value, hosts, note, false),
    /** A value that nobody ever needs: wherever it turns up, something has read what it should not. It can't be taken. */
    plantCanary: (handle: string, note = ""): Changed => put(handle, `ak_${randomBytes(24).toString("base64url")}`, [], note, true),
    remove(handle: string): Changed {
      if (!vault.ok) return { ok: false, code: "vault.locked" };
      if (!vault.entries.has(handle)) return { ok: false, code: "vault.unknown-handle" };
      commit(vault, new Map([...vault.entries].filter(([name]) => name !== handle)));
      windows.delete(handle);
      matcher = createMatcher([...windows.values()], salt);
      return { ok: true };
    },
    list: (): SecretView[] =>
      vault.ok
        ? [...vault.entries]
            .map(([handle, { hosts, note, createdAt, lastUsedAt, canary }]) => ({ handle, hosts: [...hosts], note, createdAt, lastUsedAt, canary }))
            .toSorted((a, b) => (a.handle < b.handle ? -1 : 1))
        : [],
    /** The value for one use towards `host` (`name`, `name:port`, or `local`), or why not. */
    take(handle: string, { host }: { host: string }): Taken {
      if (!vault.ok) return { ok: false, code: "vault.locked", handle };
      const entry = vault.entries.get(handle);
      if (entry === undefined) return { ok: false, code: "vault.unknown-handle", handle };
      if (entry.canary) {
        log.warn("vault.canary-asked", { handle, host });
        return { ok: false, code: "vault.canary", handle };
      }
      if (!hostAllowed(host, entry.hosts)) return { ok: false, code: "vault.host-not-bound", handle };
      const buffer = unseal(vault.key, handle, entry);
      if (buffer === undefined) return { ok: false, code: "vault.locked", handle };
      const value = buffer.toString("utf8");
      buffer.fill(0);
      noteUse(handle);
      return { ok: true, value };
    },
    /** Follows every change; holds hashes, never values. */
    matcher: (): VaultMatcher => ({
      find(text) {
        if (!vault.ok) throw new Error("vault.locked");
        return matcher.find(text);
      },
    }),
    /** Forgets the key; the vault is locked until the next start. */
    close() {
      if (!vault.ok) return;
      vault.key.fill(0);
      vault = { ok: false, code: "vault.key-missing" };
      windows.clear();
    },
  };
}
export type Vault = ReturnType<typeof createVault>;

function open(path: string, key: VaultKey): Opened {
  const loaded = key.load();
  if (!existsSync(path)) {
    if (loaded.ok) return { ok: true, key: loaded.key, entries: new Map() };
    return loaded.code === "absent" ? { ok: true, key: Buffer.alloc(0), entries: new Map() } : { ok: false, code: loaded.code };
  }
  if (!loaded.ok) return { ok: false, code: loaded.code === "absent" ? "vault.key-missing" : loaded.code };
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return { ok: false, code: error instanceof Error ? "vault.file-unreadable" : "vault.file-damaged" };
  }
  const parsed = parse(text);
  if (parsed === undefined) return { ok: false, code: "vault.file-damaged" };
  const entries = new Map(Object.entries(parsed.entries));
  return macOf(loaded.key, entries) === parsed.mac ? { ok: true, key: loaded.key, entries } : { ok: false, code: "vault.tampered" };
}

function parse(text: string): z.infer<typeof fileSchema> | undefined {
  try {
    return fileSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const fileText = (key: Buffer, entries: Entries): string =>
  `${JSON.stringify({ version: 1, entries: Object.fromEntries(entries), mac: macOf(key, entries) }, null, 1)}\n`;

/** Over all entries but the time of their last use: none can be taken away, added or exchanged. */
export function macOf(key: Buffer, entries: Entries): string {
  const mac = createHmac("sha256", createHmac("sha256", key).update("aos vault 1 mac").digest());
  for (const [handle, { hosts, note, createdAt, canary, iv, data, tag }] of [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    mac.update(`${JSON.stringify([handle, hosts, note, createdAt, canary, iv, data, tag])}\n`);
  return mac.digest("base64");
}

const aad = (handle: string, { hosts, canary }: Pick<Entry, "hosts" | "canary">): Buffer => Buffer.from(JSON.stringify(["aos vault 1", handle, hosts, canary]));

function seal(key: Buffer, handle: string, meta: Omit<Entry, "iv" | "data" | "tag">, value: string, iv: Buffer): Entry {
  const plain = Buffer.from(value, "utf8");
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(aad(handle, meta));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  return { ...meta, iv: iv.toString("base64"), data: data.toString("base64"), tag: cipher.getAuthTag().toString("base64") };
}

/** The value's bytes, for the caller to zero; undefined when the entry isn't what was sealed under this handle and these hosts. */
function unseal(key: Buffer, handle: string, entry: Entry): Buffer | undefined {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(entry.iv, "base64"), { authTagLength: 16 }).setAAD(aad(handle, entry));
    decipher.setAuthTag(Buffer.from(entry.tag, "base64"));
    return Buffer.concat([decipher.update(Buffer.from(entry.data, "base64")), decipher.final()]);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function createSalt(randomBytes: (size: number) => Buffer): Salt {
  const key = randomBytes(32);
  return { base: randomBytes(4).readUInt32LE() | 1, digest: (text) => createHmac("sha256", key).update(text, "utf16le").digest("base64") };
}
