import { randomInt, randomUUID } from "node:crypto";
import type { Device, PairingWindow, Person } from "../../../src/contract/access.ts";
import type { PersonRole } from "../../../src/contract/roles.ts";
import { fingerprintOf } from "./nodes.ts";

export type FakePeople = ReturnType<typeof createFakePeople>;

/** People, devices, one-time links and the pairing window, in memory. */
export function createFakePeople(now: () => number) {
  const day = 86_400_000;
  const people: Person[] = [
    { id: "p1", name: "사장님", role: "owner", createdAt: now() - 14 * day, expiresAt: null, devices: 1 },
    { id: "p2", name: "카운터", role: "operator", createdAt: now() - 9 * day, expiresAt: null, devices: 1 },
    { id: "p3", name: "설치 기사님", role: "installer", createdAt: now() - 7 * day, expiresAt: now() + 7 * day, devices: 1 },
  ];
  const device = (
    id: string,
    personId: string | null,
    role: PersonRole,
    name: string,
    kind: Device["kind"],
    state: Device["state"],
    lastSeenAgeMs: number | null,
    self = false,
  ): Device => ({
    id,
    personId,
    personName: people.find((one) => one.id === personId)?.name ?? null,
    role,
    kind,
    name,
    state,
    fingerprint: kind === "console" ? fingerprintOf(id) : null,
    createdAt: now() - 9 * day,
    lastSeenAgeMs,
    self,
  });
  const devices: Device[] = [
    device("d1", "p1", "owner", "가게 데스크톱", "console", "admitted", 300, true),
    device("d2", "p2", "operator", "카운터 태블릿", "browser", "admitted", 27 * 60_000),
    device("d3", "p3", "installer", "설치 노트북", "browser", "admitted", 7 * day),
    device("d4", null, "viewer", "새 휴대폰", "browser", "waiting", 40_000),
  ];
  const links = new Map<string, { personId: string; until: number }>();
  const sessions = new Map<string, PersonRole>();
  let code: { value: string; until: number; tries: number } | null = null;

  const find = (id: string) => people.find((one) => one.id === id);
  return {
    list: () => ({ people: [...people], devices: [...devices] }),
    find,
    findDevice: (id: string) => devices.find((one) => one.id === id),
    invite(name: string, role: PersonRole, days: number | null): Person {
      const one: Person = { id: randomUUID(), name, role, createdAt: now(), expiresAt: days === null ? null : now() + days * day, devices: 0 };
      people.push(one);
      return one;
    },
    update(id: string, part: Partial<Person>): Person | undefined {
      const one = find(id);
      return one ? Object.assign(one, part) : undefined;
    },
    remove(id: string): boolean {
      const at = people.findIndex((one) => one.id === id);
      if (at >= 0) people.splice(at, 1);
      return at >= 0;
    },
    owners: () => people.filter((one) => one.role === "owner").length,
    setDevice(id: string, part: Partial<Device>): Device | undefined {
      const one = devices.find((candidate) => candidate.id === id);
      return one ? Object.assign(one, part) : undefined;
    },
    link(personId: string): string {
      const token = randomUUID();
      links.set(token, { personId, until: now() + 10 * 60_000 });
      return token;
    },
    /** Trades a token for a session id; null when it is used, old or invented. */
    redeem(token: string): { session: string; role: PersonRole } | null {
      const link = links.get(token);
      links.delete(token);
      const role = link && link.until > now() ? find(link.personId)?.role : undefined;
      if (!role) return null;
      const session = randomUUID();
      sessions.set(session, role);
      return { session, role };
    },
    sessionRole: (session: string | undefined) => (session === undefined ? undefined : sessions.get(session)),
    end: (session: string) => sessions.delete(session),
    openWindow(): PairingWindow {
      code = { value: String(randomInt(100_000_000)).padStart(8, "0"), until: now() + 15 * 60_000, tries: 5 };
      return { state: "open", code: code.value, leftMs: code.until - now(), triesLeft: code.tries };
    },
    window(): PairingWindow {
      if (code === null) return { state: "closed", reason: "never-opened" };
      if (code.tries === 0) return { state: "closed", reason: "too-many-tries" };
      if (code.until <= now()) return { state: "closed", reason: "expired" };
      return { state: "open", code: code.value, leftMs: code.until - now(), triesLeft: code.tries };
    },
    closeWindow(): PairingWindow {
      code = null;
      return { state: "closed", reason: "closed" };
    },
    /** Tries a code against the open window. */
    tryCode(value: string): "ok" | "wrong" | "closed" {
      if (code === null || code.tries === 0 || code.until <= now()) return "closed";
      if (code.value === value) return "ok";
      code.tries -= 1;
      return "wrong";
    },
    session(role: PersonRole): string {
      const session = randomUUID();
      sessions.set(session, role);
      return session;
    },
  };
}
