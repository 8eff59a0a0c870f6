import type { Mutant } from "../levels/mutant.ts";

const trust = (test: string) => ({ project: "contract", files: ["test/contract/trust.test.ts"], test }) as const;
const roles = (test: string) => ({ project: "contract", files: ["test/contract/roles.test.ts"], test }) as const;
const hostile = { project: "contract", files: ["test/contract/hostile.test.ts"], test: "limits" } as const;
const pairing = { project: "adapter", files: ["src/daemon/access/pairing.test.ts"] } as const;
const recovered = { project: "contract", files: ["test/contract/recover.test.ts"] } as const;

/** The guards of trust: who gets in, as whom, and what survives. */
export const mutants: readonly Mutant[] = [
  {
    name: "certificate check off at the listener",
    file: "src/daemon/access/admission.ts",
    from: "if (!socket.authorized)",
    to: "if (socket.destroyed)",
    red: trust("refuses an? (certificate of a foreign CA|expired certificate)"),
  },
  {
    name: "certificate check off when dialling",
    file: "src/daemon/access/dial.ts",
    from: "if (!socket.authorized)",
    to: "if (socket.destroyed)",
    red: trust("a member whose certificate has run out"),
  },
  {
    name: "revocation check off",
    file: "src/daemon/access/admission.ts",
    from: "if (issued.isRevoked(certFingerprint(raw)))",
    to: "if (raw.length === 0)",
    red: trust("taking back"),
  },
  { name: "members are not told of revocations", file: "src/daemon/rack/peer-link.ts", from: "revocations(issued.list())", to: "revocations({ ...issued.list(), revoked: [] })", red: trust("taking back") },
  {
    name: "any member counts as main",
    file: "src/daemon/access/admission.ts",
    from: "membership.mainId === credential.nodeId && credential.nodeId !== trust.id",
    to: "credential.nodeId !== trust.id",
    red: trust("gives the role of a node to main"),
  },
  {
    name: "certificates are never renewed",
    file: "src/daemon/rack/peer-link.ts",
    from: "let renewed = -Infinity;",
    to: "let renewed = Infinity;",
    red: trust("main renews the certificate"),
  },
  { name: "role check off", file: "src/contract/roles.ts", from: "return have >= 0 && have >= ladder.indexOf(access.role);", to: "return true;", red: roles("WebSocket on loopback as (nobody|viewer)") },
  { name: "the roles beside the ladder reach everything", file: "src/contract/roles.ts", from: "return have >= 0 &&", to: "return have < 0 ||", red: roles("WebSocket on loopback as kiosk") },
  { name: "the role is judged after the input", file: "src/daemon/kernel/rpc.ts", from: "if (!allows(role, { role: needs, also: meta.also ?? [] }))", to: "if (input !== undefined && !allows(role, { role: needs, also: meta.also ?? [] }))", red: roles("HTTP on loopback as nobody") },
  { name: "a device that waits is let in", file: "src/daemon/access/people.ts", from: 'if (device.state === "waiting") return', to: 'if (device.state === "revoked") return', red: roles("as a device that nobody has admitted") },
  {
    name: "the local account of an appliance is its owner",
    file: "src/daemon/access/admission.ts",
    from: "desktop || (trust.isMain() && !people.claimed())",
    to: "desktop || trust.isMain()",
    red: recovered,
  },
  { name: "pairing tries unlimited", file: "src/daemon/access/domain/window.ts", from: "triesLeft: now.triesLeft - 1", to: "triesLeft: now.triesLeft", red: pairing },
  { name: "channel binding off", file: "src/daemon/access/spake.ts", from: '"AOS pairing v1", parts.binding,', to: '"AOS pairing v1",', red: pairing },
  {
    name: "the far end's key need not be its id",
    file: "src/daemon/access/pairing.ts",
    from: "if (nodeIdOf(farKey) !== identity.id)",
    to: "if (identity.id === ownId)",
    red: { project: "contract", files: ["test/contract/pairing.test.ts"], test: "a relay that ends TLS" },
  },
  { name: "a pairing proof works twice", file: "src/daemon/access/pairing.ts", from: 'set({ state: "closed", reason: "used" });\n      log.info', to: "log.info", red: pairing },
  { name: "an expired session's cookie is accepted", file: "src/daemon/access/people.ts", from: "session.expiresAt > clock.now() ? session.deviceId", to: "session.expiresAt > 0 ? session.deviceId", red: { project: "adapter", files: ["src/daemon/access/people.test.ts"] } },
  { name: "a one-time link works twice", file: "src/daemon/access/people.ts", from: "if (!row || used !== 1)", to: "if (!row)", red: { project: "adapter", files: ["src/daemon/access/people.test.ts"] } },
  { name: "origin check off", file: "src/daemon/access/admission.ts", from: "(origin !== undefined && origin !== ownOrigin)", to: 'origin === "nowhere"', red: hostile },
  { name: "host check off", file: "src/daemon/access/admission.ts", from: "if (!ownHost(host, trust.id) ||", to: "if (", red: hostile },
  { name: "a cookie counts without an origin", file: "src/daemon/access/admission.ts", from: "if (cookie !== undefined && origin === undefined &&", to: "if (cookie === \"\" &&", red: hostile },
  { name: "calls of one connection unlimited", file: "src/daemon/kernel/http/frames.ts", from: "calls >= MAX_CALLS", to: "calls < 0", red: hostile },
  { name: "a garbled answer ends the daemon", file: "src/daemon/access/far-frames.ts", from: "() => socket.terminate(),", to: "() => deliver(event),", red: { project: "adapter", files: ["src/daemon/access/dial.test.ts"] } },
  { name: "recovery without the key", file: "src/daemon/access/sessions.ts", from: "if (!trust.opensCa(input.recoveryKey))", to: "if (input.recoveryKey.length === 0)", red: recovered },
  { name: "recovery from anywhere", file: "src/daemon/access/sessions.ts", from: 'if (connection.listener !== "socket") throw', to: 'if (connection.listener === undefined) throw', red: recovered },
  { name: "the last owner can go", file: "src/daemon/access/people.ts", from: 'person.role === "owner" && reachableOwners({ personId: id }).length === 0) throw fault("access.last-owner");\n      const theirs', to: 'person.name === "" && reachableOwners({ personId: id }).length === 0) throw fault("access.last-owner");\n      const theirs', red: recovered },
  { name: "migration without backup", file: "src/daemon/kernel/sqlite/worker.ts", from: "if (index > 0) backup(", to: "if (index < 0) backup(", red: { project: "adapter", files: ["src/daemon/kernel/sqlite/pool.test.ts"] } },
  { name: "two daemons on one folder", file: "src/daemon/kernel/lock.ts", from: 'db.exec("BEGIN EXCLUSIVE");', to: 'db.exec("SELECT 1");', red: { project: "contract", files: ["test/contract/faults.test.ts"], test: "one folder, one daemon" } },
  {
    name: "a write is acknowledged before it is committed",
    file: "src/daemon/kernel/sqlite/pool.ts",
    from: '((await ask({ op: "write", db: name, statements })) as number)',
    to: '(void ask({ op: "write", db: name, statements }).catch(() => {}), statements.length)',
    red: { project: "contract", files: ["test/contract/faults.test.ts"], test: "kill -9" },
  },
  { name: "a full disk is nobody's business", file: "src/daemon/kernel/sqlite/disk.ts", from: "full = true;", to: "full = false;", red: { project: "contract", files: ["test/contract/faults.test.ts"], test: "a full disk" } },
];
