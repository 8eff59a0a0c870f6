import { createHash } from "node:crypto";
import type { Device, Person } from "../../contract/access.ts";
import type { PersonRole } from "../../contract/roles.ts";
import type { Clock } from "../kernel/clock.ts";
import { fault } from "../kernel/fault.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Database, Statement } from "../kernel/sqlite/database.ts";

interface PersonRow {
  id: string;
  name: string;
  role: PersonRole;
  createdAt: number;
  expiresAt: number | null;
}
interface DeviceRow {
  id: string;
  personId: string | null;
  kind: Device["kind"];
  name: string;
  state: Device["state"];
  fingerprint: string | null;
  createdAt: number;
  lastSeenAt: number | null;
}

/** Who a device acts for right now. waiting: nobody has admitted it. gone: revoked, expired or never known. */
export type Standing =
  | { state: "admitted"; role: PersonRole; personId: string; personName: string; deviceId: string; deviceName: string }
  | { state: "waiting"; deviceName: string }
  | { state: "gone" };

export const LINK_MS = 15 * 60_000;
export const SESSION_MS = 30 * 86_400_000;
const DAY = 86_400_000;
const hash = (token: string) => createHash("sha256").update(token).digest("hex");

export interface PeopleDeps {
  db: Database;
  clock: Clock;
  ids: Ids;
  /** Called with the ids of devices that lost their standing: their connections end at once. */
  onLost(deviceIds: readonly string[]): void;
}

/** People, their devices, browser sessions and one-time links. Answers come from memory; a change is acknowledged once it is on disk. */
export async function createPeople({ db, clock, ids, onLost }: PeopleDeps) {
  const people = new Map<string, PersonRow>();
  const devices = new Map<string, DeviceRow>();
  const sessions = new Map<string, { deviceId: string; expiresAt: number }>();
  for (const r of await db.read("SELECT * FROM person"))
    people.set(String(r["id"]), {
      id: String(r["id"]),
      name: String(r["name"]),
      role: r["role"] as PersonRole,
      createdAt: Number(r["created_at"]),
      expiresAt: r["expires_at"] as number | null,
    });
  for (const r of await db.read("SELECT * FROM device"))
    devices.set(String(r["id"]), {
      id: String(r["id"]),
      personId: r["person_id"] as string | null,
      kind: r["kind"] as Device["kind"],
      name: String(r["name"]),
      state: r["state"] as Device["state"],
      fingerprint: r["fingerprint"] as string | null,
      createdAt: Number(r["created_at"]),
      lastSeenAt: r["last_seen_at"] as number | null,
    });
  for (const r of await db.read("SELECT * FROM session"))
    sessions.set(String(r["token_hash"]), { deviceId: String(r["device_id"]), expiresAt: Number(r["expires_at"]) });
  const lastSeen = new Map<string, number>();

  const current = (person: PersonRow | undefined): person is PersonRow => person !== undefined && (person.expiresAt === null || person.expiresAt > clock.now());
  const owners = () => [...people.values()].filter((p) => p.role === "owner" && current(p));
  /** An owner who can still reach the rack: one with an admitted device. */
  const reachableOwners = (without?: { personId?: string; deviceId?: string }) =>
    owners().filter(
      (p) => p.id !== without?.personId && [...devices.values()].some((d) => d.personId === p.id && d.state === "admitted" && d.id !== without?.deviceId),
    );
  const personView = (p: PersonRow): Person => ({
    id: p.id,
    name: p.name,
    role: p.role,
    createdAt: p.createdAt,
    expiresAt: p.expiresAt,
    devices: [...devices.values()].filter((d) => d.personId === p.id && d.state !== "revoked").length,
  });
  const needPerson = (id: string) => people.get(id) ?? raise();
  const needDevice = (id: string) => devices.get(id) ?? raise();
  const putPerson = (p: PersonRow): Statement => ({
    sql: "INSERT INTO person (id, name, role, created_at, expires_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, expires_at = excluded.expires_at",
    params: [p.id, p.name, p.role, p.createdAt, p.expiresAt],
  });
  const putDevice = (d: DeviceRow): Statement => ({
    sql: "INSERT INTO device (id, person_id, kind, name, state, fingerprint, created_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, state = excluded.state, name = excluded.name, last_seen_at = excluded.last_seen_at",
    params: [d.id, d.personId, d.kind, d.name, d.state, d.fingerprint, d.createdAt, d.lastSeenAt],
  });
  const savePerson = async (p: PersonRow) => {
    await db.write([putPerson(p)]);
    people.set(p.id, p);
    return p;
  };
  const saveDevice = async (d: DeviceRow) => {
    await db.write([putDevice(d)]);
    devices.set(d.id, d);
    return d;
  };
  const deviceView = (d: DeviceRow, selfId?: string): Device => {
    const person = d.personId ? people.get(d.personId) : undefined;
    const seen = lastSeen.get(d.id);
    return {
      id: d.id,
      personId: d.personId,
      personName: person?.name ?? null,
      role: person?.role ?? "viewer",
      kind: d.kind,
      name: d.name,
      state: d.state,
      fingerprint: d.fingerprint,
      createdAt: d.createdAt,
      lastSeenAgeMs: seen !== undefined ? clock.mono() - seen : d.lastSeenAt === null ? null : Math.max(0, clock.now() - d.lastSeenAt),
      self: d.id === selfId,
    };
  };

  const standing = (deviceId: string): Standing => {
    const device = devices.get(deviceId);
    if (!device || device.state === "revoked") return { state: "gone" };
    if (device.state === "waiting") return { state: "waiting", deviceName: device.name };
    const person = device.personId ? people.get(device.personId) : undefined;
    if (!current(person)) return { state: "gone" };
    return { state: "admitted", role: person.role, personId: person.id, personName: person.name, deviceId, deviceName: device.name };
  };

  return {
    claimed: () => owners().length > 0,
    standing,
    list: (selfId?: string) => ({
      people: [...people.values()].filter((p) => current(p)).map(personView),
      devices: [...devices.values()].filter((d) => d.state !== "revoked").map((d) => deviceView(d, selfId)),
    }),
    waiting: () => [...devices.values()].filter((d) => d.state === "waiting"),
    touch(deviceId: string) {
      lastSeen.set(deviceId, clock.mono());
      const device = devices.get(deviceId);
      if (!device || (device.lastSeenAt !== null && Math.abs(clock.now() - device.lastSeenAt) < 600_000)) return;
      device.lastSeenAt = clock.now();
      db.write([{ sql: "UPDATE device SET last_seen_at = ? WHERE id = ?", params: [device.lastSeenAt, deviceId] }]).catch(() => {
        device.lastSeenAt = null;
      });
    },
    addPerson: (name: string, role: PersonRole, days: number | null) =>
      savePerson({ id: ids.id(), name, role, createdAt: clock.now(), expiresAt: days === null ? null : clock.now() + days * DAY }),
    personView,
    deviceView,
    async updatePerson(id: string, change: { name?: string | undefined; role?: PersonRole | undefined; days?: number | null | undefined }) {
      const person = needPerson(id);
      const next = { ...person, name: change.name ?? person.name, role: change.role ?? person.role };
      if (change.days !== undefined) next.expiresAt = change.days === null ? null : clock.now() + change.days * DAY;
      if (person.role === "owner" && (next.role !== "owner" || next.expiresAt !== null) && reachableOwners({ personId: id }).length === 0)
        throw fault("access.last-owner");
      await savePerson(next);
      return personView(next);
    },
    async removePerson(id: string) {
      const person = needPerson(id);
      if (person.role === "owner" && reachableOwners({ personId: id }).length === 0) throw fault("access.last-owner");
      const theirs = [...devices.values()].filter((d) => d.personId === id).map((d) => ({ ...d, state: "revoked" as const, personId: null }));
      await db.write([...theirs.map(putDevice), { sql: "DELETE FROM person WHERE id = ?", params: [id] }]);
      people.delete(id);
      for (const d of theirs) devices.set(d.id, d);
      onLost(theirs.map((d) => d.id));
    },
    addDevice: (d: Pick<DeviceRow, "kind" | "name" | "personId" | "state" | "fingerprint"> & { id?: string }) =>
      saveDevice({ ...d, id: d.id ?? ids.id(), createdAt: clock.now(), lastSeenAt: null }),
    async admit(id: string, choice: { personId?: string | undefined; role?: PersonRole | undefined }, asker: string | undefined) {
      const device = needDevice(id);
      const personId =
        choice.personId ??
        (choice.role
          ? (await savePerson({ id: ids.id(), name: device.name, role: choice.role, createdAt: clock.now(), expiresAt: null })).id
          : (device.personId ?? asker));
      if (!personId || !people.has(personId)) throw fault("access.not-found");
      return deviceView(await saveDevice({ ...device, state: "admitted", personId }));
    },
    async revoke(id: string) {
      const device = needDevice(id);
      const person = device.personId ? people.get(device.personId) : undefined;
      if (person?.role === "owner" && device.state === "admitted" && reachableOwners({ deviceId: id }).length === 0) throw fault("access.last-owner");
      const next = await saveDevice({ ...device, state: "revoked" });
      await db.write([{ sql: "DELETE FROM session WHERE device_id = ?", params: [id] }]);
      for (const [key, session] of sessions) if (session.deviceId === id) sessions.delete(key);
      onLost([id]);
      return deviceView(next);
    },
    /** A one-time token for a further device of the person, good for 15 minutes and one use. */
    async createLink(personId: string) {
      needPerson(personId);
      const token = ids.token();
      await db.write([
        { sql: "DELETE FROM link WHERE expires_at < ?", params: [clock.now()] },
        { sql: "INSERT INTO link (token_hash, person_id, expires_at) VALUES (?, ?, ?)", params: [hash(token), personId, clock.now() + LINK_MS] },
      ]);
      return token;
    },
    /** Uses up a one-time token: the person's id, or undefined when it is unknown, used or expired. */
    async useLink(token: string): Promise<string | undefined> {
      const [row] = await db.read("SELECT person_id, expires_at FROM link WHERE token_hash = ?", [hash(token)]);
      const used = await db.write([{ sql: "DELETE FROM link WHERE token_hash = ?", params: [hash(token)] }]);
      if (!row || used !== 1) return undefined;
      const left = Number(row["expires_at"]) - clock.now();
      const personId = String(row["person_id"]);
      return left > 0 && left <= LINK_MS && current(people.get(personId)) ? personId : undefined;
    },
    /** A session token for a device; only its hash is kept. */
    async createSession(deviceId: string) {
      const token = ids.token();
      const expiresAt = clock.now() + SESSION_MS;
      await db.write([
        { sql: "DELETE FROM session WHERE expires_at < ?", params: [clock.now()] },
        { sql: "INSERT INTO session (token_hash, device_id, expires_at) VALUES (?, ?, ?)", params: [hash(token), deviceId, expiresAt] },
      ]);
      sessions.set(hash(token), { deviceId, expiresAt });
      return token;
    },
    deviceOfSession(token: string): string | undefined {
      const session = sessions.get(hash(token));
      return session && session.expiresAt > clock.now() ? session.deviceId : undefined;
    },
    async endSession(token: string) {
      sessions.delete(hash(token));
      await db.write([{ sql: "DELETE FROM session WHERE token_hash = ?", params: [hash(token)] }]);
    },
  };
}

export type People = Awaited<ReturnType<typeof createPeople>>;

function raise(): never {
  throw fault("access.not-found");
}
