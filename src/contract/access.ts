import { z } from "zod";
import { procedure } from "./procedure.ts";
import { personRoles, roles, vias } from "./roles.ts";
import { address, displayName, duration, fingerprint, instant, nodeId, nodeRole, pairingCode } from "./values.ts";

export const personRole = z.enum(personRoles);

/** What anybody may know of the aosd that answers, before any sign-in. */
export const aosdIdentity = z.object({
  id: nodeId,
  name: displayName,
  roles: z.array(nodeRole),
  serial: z.string(),
  fingerprint,
  version: z.string(),
  /** rack: member or main of a rack. console: a desktop's link to a rack elsewhere. new: neither yet. */
  standing: z.enum(["rack", "console", "new"]),
  rackName: z.string().nullable(),
  /** False until a first owner exists. */
  claimed: z.boolean(),
  pairing: z.enum(["open", "closed"]),
});
export type AosdIdentity = z.infer<typeof aosdIdentity>;

export const me = z.object({
  role: z.enum(roles),
  via: z.enum(vias),
  person: z.object({ id: z.string(), name: z.string() }).nullable(),
  device: z.object({ id: z.string(), name: z.string() }).nullable(),
  aosd: aosdIdentity,
  /** For a console's aosd: the rack it is linked to. */
  link: z
    .object({
      rackName: z.string(),
      mainId: nodeId,
      address: z.string(),
      state: z.enum(["connected", "connecting", "lost", "waiting", "refused"]),
      lostForMs: duration.nullable(),
    })
    .nullable(),
});
export type Me = z.infer<typeof me>;

export const pairingWindow = z.discriminatedUnion("state", [
  z.object({ state: z.literal("open"), code: z.string(), leftMs: duration, triesLeft: z.number().int() }),
  z.object({ state: z.literal("closed"), reason: z.enum(["never-opened", "expired", "too-many-tries", "used", "closed"]) }),
]);
export type PairingWindow = z.infer<typeof pairingWindow>;

export const person = z.object({
  id: z.string(),
  name: displayName,
  role: personRole,
  createdAt: instant,
  expiresAt: instant.nullable(),
  devices: z.number().int(),
});
export type Person = z.infer<typeof person>;

export const device = z.object({
  id: z.string(),
  personId: z.string().nullable(),
  personName: z.string().nullable(),
  role: personRole,
  kind: z.enum(["console", "browser"]),
  name: displayName,
  state: z.enum(["waiting", "admitted", "revoked"]),
  fingerprint: fingerprint.nullable(),
  createdAt: instant,
  /** Null before its first call. */
  lastSeenAgeMs: duration.nullable(),
  /** The device that makes this call. */
  self: z.boolean(),
});
export type Device = z.infer<typeof device>;

export const route = z.object({
  transport: z.enum(["http", "ws", "socket", "udp", "relay"]),
  listener: z.enum(["loopback", "lan", "socket", "mdns", "none"]),
  method: z.string(),
  path: z.string(),
  role: z.string(),
  also: z.array(z.string()),
});
export type Route = z.infer<typeof route>;

const dial = [
  "rack.address-invalid",
  "access.not-responding",
  "access.not-an-aos",
  "access.code-wrong",
  "access.window-closed",
  "access.channel-mismatch",
  "access.peer-certificate",
] as const;
const oneTimeLink = z.object({ url: z.string(), expiresInMs: duration });
const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const pem = z.string().max(16_384);
const windowFaults = ["access.needs-tls", "access.window-closed", "access.code-wrong", "access.channel-mismatch"] as const;

export const access = {
  me: procedure("public", { scope: "here" }).route({ method: "GET", path: "/me" }).output(me),
  trust: procedure("public", { scope: "here" })
    .route({ method: "GET", path: "/trust" })
    .output(z.object({ ca: pem.nullable(), fingerprint: z.string().nullable(), addresses: z.array(z.string()) })),
  routes: procedure("operator", { also: ["installer"], scope: "here" })
    .route({ method: "GET", path: "/routes" })
    .output(z.object({ routes: z.array(route) })),
  session: {
    /** Trades a one-time link's token, or the open window's code, for a cookie. HTTP only: no other transport can set one. */
    start: procedure("public", {
      scope: "here",
      faults: ["access.link-invalid", "access.code-wrong", "access.window-closed", "access.needs-http", "access.wrong-origin"],
    })
      .route({ method: "POST", path: "/session" })
      .input(z.object({ token: z.string().max(200).optional(), code: pairingCode.optional(), deviceName: displayName.optional() }))
      .output(z.object({ role: personRole, state: z.enum(["admitted", "waiting"]), recoveryKey: z.string().nullable() })),
    end: procedure("public", { scope: "here", faults: ["access.needs-http"] })
      .route({ method: "DELETE", path: "/session" })
      .output(z.object({ ended: z.boolean() })),
    /** A link for a further browser of the person who asks. */
    link: procedure("viewer", { also: ["installer", "support"], scope: "here" })
      .route({ method: "POST", path: "/session/link" })
      .output(oneTimeLink),
  },
  /** First owner on this machine: makes the person, seals the rack CA and returns the recovery key, once. */
  claim: procedure("public", { scope: "here", faults: ["access.already-claimed", "access.local-only", "access.not-main"] })
    .route({ method: "POST", path: "/claim" })
    .input(z.object({ name: displayName, deviceName: displayName }))
    .output(z.object({ recoveryKey: z.string(), link: oneTimeLink, token: z.string() })),
  /** The recovery key makes a new owner at the main node, when the last console is lost. */
  recover: procedure("public", { scope: "here", faults: ["access.local-only", "access.recovery-key-wrong", "access.not-main"] })
    .route({ method: "POST", path: "/recover" })
    .input(z.object({ recoveryKey: z.string().max(200), name: displayName }))
    .output(z.object({ link: oneTimeLink, token: z.string() })),
  window: {
    get: procedure("operator", { also: ["installer"], scope: "here", faults: ["access.local-only"] })
      .route({ method: "GET", path: "/window" })
      .output(pairingWindow),
    open: procedure("operator", { also: ["installer"], scope: "here", faults: ["access.local-only"] })
      .route({ method: "POST", path: "/window" })
      .output(pairingWindow),
    close: procedure("operator", { also: ["installer"], scope: "here", faults: ["access.local-only"] })
      .route({ method: "DELETE", path: "/window" })
      .output(pairingWindow),
  },
  /** The console's side: joins a rack as its console. */
  join: procedure("owner", { scope: "here", faults: [...dial, "access.already-in-rack"] })
    .route({ method: "POST", path: "/join" })
    .input(z.object({ address, code: pairingCode, deviceName: displayName }))
    .output(z.object({ rackName: z.string(), state: z.enum(["admitted", "waiting"]), recoveryKey: z.string().nullable() })),
  /** Forgets the rack that this aosd is a console or a member of; main never does. At the machine itself only. */
  leave: procedure("operator", { also: ["installer"], scope: "here", faults: ["rack.not-linked", "access.local-only"] })
    .route({ method: "POST", path: "/leave" })
    .output(z.object({ left: z.boolean() })),
  /** Identity of the aosd at an address, asked before anything is sent to it. */
  probe: procedure("viewer", { also: ["installer"], scope: "here", faults: ["rack.address-invalid", "access.not-responding", "access.not-an-aos"] })
    .route({ method: "POST", path: "/probe" })
    .input(z.object({ address }))
    .output(z.object({ identity: aosdIdentity, address: z.string(), port: z.number().int() })),
  person: {
    list: procedure("viewer")
      .route({ method: "GET", path: "/people" })
      .output(z.object({ people: z.array(person), devices: z.array(device) })),
    invite: procedure("owner")
      .route({ method: "POST", path: "/people" })
      .input(z.object({ name: displayName, role: personRole, days: z.number().int().min(1).max(365).nullable() }))
      .output(z.object({ person, link: oneTimeLink })),
    update: procedure("owner", { faults: ["access.not-found", "access.last-owner"] })
      .route({ method: "PUT", path: "/people/{id}" })
      .input(
        z.object({
          id: z.string().max(64),
          name: displayName.optional(),
          role: personRole.optional(),
          days: z.number().int().min(1).max(365).nullable().optional(),
        }),
      )
      .output(person),
    remove: procedure("owner", { faults: ["access.not-found", "access.last-owner"] })
      .route({ method: "DELETE", path: "/people/{id}" })
      .input(z.object({ id: z.string().max(64) }))
      .output(z.object({ removed: z.boolean() })),
  },
  device: {
    admit: procedure("owner", { faults: ["access.not-found"] })
      .route({ method: "POST", path: "/devices/{id}/admit" })
      .input(z.object({ id: z.string().max(64), personId: z.string().max(64).optional(), role: personRole.optional() }))
      .output(device),
    revoke: procedure("owner", { faults: ["access.not-found", "access.last-owner"] })
      .route({ method: "POST", path: "/devices/{id}/revoke" })
      .input(z.object({ id: z.string().max(64) }))
      .output(device),
    renew: procedure("viewer", { also: ["installer", "support", "kiosk"], scope: "here" })
      .route({ method: "POST", path: "/devices/renew" })
      .input(z.object({ csr: pem }))
      .output(z.object({ cert: pem, ca: pem })),
  },
  /** SPAKE2+ (RFC 9383) over one TLS 1.3 connection, bound to it by its exporter. Bytes are lower-case hex. */
  pair: {
    parameters: procedure("public", { scope: "here", faults: windowFaults })
      .route({ method: "POST", path: "/pair/parameters" })
      .output(z.object({ windowId: z.string(), salt: hex(32), iterations: z.number().int().min(1000).max(100_000), identity: aosdIdentity })),
    begin: procedure("public", { scope: "here", faults: windowFaults })
      .route({ method: "POST", path: "/pair/begin" })
      .input(z.object({ windowId: z.string().max(64), initiatorId: nodeId, x: hex(65) }))
      .output(z.object({ y: hex(65), proof: hex(32) })),
    /** enrol: the initiator holds the rack CA and takes this node in. admit: this node holds it and takes the initiator in as a console. */
    finish: procedure("public", { scope: "here", faults: [...windowFaults, "access.already-in-rack", "access.not-main"] })
      .route({ method: "POST", path: "/pair/finish" })
      .input(
        z.discriminatedUnion("intent", [
          z.object({ intent: z.literal("enrol"), proof: hex(32) }),
          z.object({ intent: z.literal("admit"), proof: hex(32), csr: pem, deviceName: displayName }),
        ]),
      )
      .output(
        z.discriminatedUnion("intent", [
          z.object({ intent: z.literal("enrol"), csr: pem, roles: z.array(nodeRole), name: displayName }),
          z.object({
            intent: z.literal("admit"),
            cert: pem,
            ca: pem,
            rackId: z.string(),
            rackName: z.string(),
            state: z.enum(["admitted", "waiting"]),
            recoveryKey: z.string().nullable(),
          }),
        ]),
      ),
    install: procedure("public", { scope: "here", faults: [...windowFaults, "access.already-in-rack"] })
      .route({ method: "POST", path: "/pair/install" })
      .input(
        z.object({
          cert: pem,
          ca: pem,
          rackId: z.string().max(64),
          rackName: displayName,
          mainId: nodeId,
          revoked: z.array(z.string().max(128)).max(10_000),
          roles: z.array(nodeRole),
        }),
      )
      .output(z.object({ installed: z.boolean() })),
  },
  peer: {
    /** Main tells a member that it was taken out of the rack. */
    release: procedure("node", { scope: "here" })
      .route({ method: "POST", path: "/peer/release" })
      .output(z.object({ released: z.boolean() })),
    /** Main asks a member for a new request and hands back the certificate. */
    request: procedure("node", { scope: "here" })
      .route({ method: "POST", path: "/peer/request" })
      .output(z.object({ csr: pem })),
    install: procedure("node", { scope: "here" })
      .route({ method: "POST", path: "/peer/certificate" })
      .input(z.object({ cert: pem }))
      .output(z.object({ installed: z.boolean() })),
    revocations: procedure("node", { scope: "here" })
      .route({ method: "PUT", path: "/peer/revocations" })
      .input(z.object({ seq: z.number().int(), revoked: z.array(z.string().max(128)).max(10_000) }))
      .output(z.object({ seq: z.number().int() })),
  },
};
