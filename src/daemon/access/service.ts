import { X509Certificate } from "node:crypto";
import { networkInterfaces } from "node:os";
import type { AosdIdentity, Me } from "../../contract/access.ts";
import type { PersonRole } from "../../contract/roles.ts";
import type { NodeRole } from "../../contract/values.ts";
import type { Context } from "../kernel/caller.ts";
import type { Clock } from "../kernel/clock.ts";
import { fault } from "../kernel/fault.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { dial, formatAddress, parseAddress, type Target } from "./dial.ts";
import { createPairing, proveTo } from "./pairing.ts";
import type { Issued } from "./issued.ts";
import { cookieName } from "./admission.ts";
import { LINK_MS, SESSION_MS, type People } from "./people.ts";
import { createRecoveryKey } from "./recovery.ts";
import { subjectOf, type Subject } from "./certificates.ts";
import type { Trust } from "./trust.ts";

export interface AccessDeps {
  trust: Trust;
  people: People;
  issued: Issued;
  clock: Clock;
  ids: Ids;
  log: Log;
  name: () => string;
  roles: () => readonly NodeRole[];
  version: string;
  desktop: boolean;
  loopbackOnly: boolean;
  /** Base of the one-time links: the loopback console's address. */
  loopbackOrigin: () => string;
  lanPort: () => number;
  /** State of the console's link to its rack, when there is one. */
  link: () => { state: NonNullable<Me["link"]>["state"]; lostForMs: number | null } | null;
  onWindow(open: boolean): void;
  /** After this aosd joined or left a rack. */
  onMembership(): void;
}

export type Access = ReturnType<typeof createAccess>;

/** The access room: pairing, people, devices, sessions, recovery. Refusals are thrown as faults of the contract. */
export function createAccess(deps: AccessDeps) {
  const { trust, people, issued, clock, ids, log } = deps;
  const pairing = createPairing({ clock, ids, log, ownId: trust.id, onWindow: (open) => deps.onWindow(open) });
  let recoveryTries = 0;
  let recoveryFreeAt = 0;

  const identity = (): AosdIdentity => {
    const membership = trust.membership();
    return {
      id: trust.id,
      name: deps.name(),
      roles: [...deps.roles()],
      serial: trust.serial,
      fingerprint: trust.fingerprint,
      version: deps.version,
      standing: membership.standing,
      rackName: membership.standing === "new" ? null : membership.rackName,
      claimed: people.claimed(),
      pairing: pairing.view().state,
    };
  };
  /** Where other machines reach this one; only itself when the LAN listener is bound to the loopback address. */
  const addresses = () => {
    const port = deps.lanPort();
    if (deps.loopbackOnly) return [formatAddress({ host: "127.0.0.1", port })];
    return Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter((a) => !a.internal && a.family === "IPv4").map((a) => formatAddress({ host: a.address, port })),
    );
  };
  const link = async (personId: string, origin = deps.loopbackOrigin()) => ({
    url: `${origin}/#/enter?token=${await people.createLink(personId)}`,
    expiresInMs: LINK_MS,
  });
  const needMain = () => {
    if (!trust.isMain()) throw fault("access.not-main");
  };
  const needLocal = ({ connection }: Context) => {
    if (connection.listener !== "socket") throw fault("access.local-only");
  };
  const needBinding = ({ connection }: Context): string => {
    if (connection.binding === undefined) throw fault("access.needs-tls");
    return connection.binding;
  };
  /** A first or recovered owner: the person and a device for the terminal that asked. */
  const makeOwner = async (name: string, deviceName: string) => {
    const owner = await people.addPerson(name, "owner", null);
    const device = await people.addDevice({ kind: "console", name: deviceName, personId: owner.id, state: "admitted", fingerprint: null });
    return { owner, token: await people.createSession(device.id) };
  };
  const sealWithNewKey = () => {
    const recoveryKey = createRecoveryKey();
    trust.sealCa(recoveryKey);
    return recoveryKey;
  };
  const cookie = (token: string, seconds: number, secure: boolean) =>
    `${cookieName(trust.id)}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${secure ? "; Secure" : ""}`;

  return {
    identity,
    pairing,
    me(context: Context): Me {
      const membership = trust.membership();
      const { caller } = context;
      const state = deps.link();
      return {
        role: caller.role,
        via: caller.via,
        person: caller.person,
        device: caller.device,
        aosd: identity(),
        link:
          membership.standing === "console" && state && caller.role !== "public"
            ? { rackName: membership.rackName, mainId: membership.mainId, address: membership.address, ...state }
            : null,
      };
    },
    trustInfo: () => ({ ca: trust.caPem() ?? null, fingerprint: trust.caFp(), addresses: addresses() }),

    async startSession(context: Context, input: { token?: string | undefined; code?: string | undefined; deviceName?: string | undefined }) {
      const { connection } = context;
      const headers = connection.responseHeaders;
      if (!headers) throw fault("access.needs-http");
      const name = input.deviceName ?? "browser";
      const secure = connection.listener === "lan";
      const begin = async (personId: string | null, state: "admitted" | "waiting", recoveryKey: string | null) => {
        const device = await people.addDevice({ kind: "browser", name, personId, state, fingerprint: null });
        headers.append("set-cookie", cookie(await people.createSession(device.id), SESSION_MS / 1000, secure));
        const standing = people.standing(device.id);
        const role: PersonRole = standing.state === "admitted" ? standing.role : "viewer";
        log.info("access.session-started", { device: device.id, state, listener: connection.listener });
        return { role, state, recoveryKey };
      };
      if (input.token !== undefined) {
        const personId = await people.useLink(input.token);
        if (personId === undefined) throw fault("access.link-invalid");
        return begin(personId, "admitted", null);
      }
      if (input.code === undefined) throw fault("access.link-invalid");
      pairing.useCode(input.code);
      if (people.claimed() || !trust.isMain()) return begin(null, "waiting", null);
      const owner = await people.addPerson(name, "owner", null);
      return begin(owner.id, "admitted", sealWithNewKey());
    },
    async endSession({ connection }: Context) {
      if (!connection.responseHeaders) throw fault("access.needs-http");
      if (connection.credential.kind === "device" && connection.credential.sessionToken !== undefined)
        await people.endSession(connection.credential.sessionToken);
      connection.responseHeaders.append("set-cookie", cookie("", 0, connection.listener === "lan"));
      return { ended: true };
    },
    async sessionLink(context: Context) {
      const personId = context.caller.person?.id ?? (context.caller.role === "owner" ? people.list().people.find((p) => p.role === "owner")?.id : undefined);
      if (personId === undefined) throw fault("access.denied", { role: context.caller.role, needs: "owner" });
      return link(personId, context.connection.origin);
    },
    async claim(context: Context, input: { name: string; deviceName: string }) {
      needLocal(context);
      needMain();
      if (people.claimed()) throw fault("access.already-claimed");
      const { owner, token } = await makeOwner(input.name, input.deviceName);
      log.info("access.claimed", { person: owner.id });
      return { recoveryKey: sealWithNewKey(), link: await link(owner.id), token };
    },
    async recover(context: Context, input: { recoveryKey: string; name: string }) {
      needLocal(context);
      needMain();
      const wait = recoveryFreeAt - clock.mono();
      if (wait > 0) throw fault("access.recovery-key-wrong", { waitSeconds: Math.ceil(wait / 1000) });
      recoveryTries += 1;
      const waitSeconds = recoveryTries < 3 ? 0 : Math.min(600, 2 ** recoveryTries);
      recoveryFreeAt = clock.mono() + waitSeconds * 1000;
      if (!trust.opensCa(input.recoveryKey)) {
        log.warn("access.recovery-refused", { tries: recoveryTries });
        throw fault("access.recovery-key-wrong", { waitSeconds });
      }
      recoveryTries = 0;
      recoveryFreeAt = 0;
      const { owner, token } = await makeOwner(input.name, "aos recover");
      log.warn("access.recovered", { person: owner.id });
      return { link: await link(owner.id), token };
    },

    async probe(address: string) {
      const target = parseAddress(address);
      const far = await dial(target, { kind: "anyone" });
      try {
        const { aosd } = await far.client.access.me();
        return { identity: aosd, address: target.host, port: target.port };
      } finally {
        far.close();
      }
    },
    async pairParameters(context: Context) {
      needBinding(context);
      return { ...(await pairing.parameters()), identity: identity() };
    },
    pairBegin: (context: Context, input: { windowId: string; initiatorId: string; x: string }) =>
      pairing.begin(input, needBinding(context), context.connection.scratch),
    async pairFinish(context: Context, input: { intent: "enrol"; proof: string } | { intent: "admit"; proof: string; csr: string; deviceName: string }) {
      needBinding(context);
      const membership = trust.membership();
      const initiatorId = pairing.prove(input.proof, context.connection.scratch);
      if (input.intent === "enrol") {
        if (membership.standing !== "new") throw fault("access.already-in-rack", { rack: membership.rackName });
        return { intent: "enrol" as const, csr: await trust.request(), roles: [...deps.roles()], name: deps.name() };
      }
      pairing.takeProved(context.connection.scratch);
      const ca = trust.caPem();
      if (!trust.isMain() || membership.standing !== "rack" || ca === undefined) throw fault("access.not-main");
      const first = !people.claimed();
      const owner = first ? await people.addPerson(input.deviceName, "owner", null) : undefined;
      const device = await people.addDevice({
        kind: "console",
        name: input.deviceName,
        personId: owner?.id ?? null,
        state: first ? "admitted" : "waiting",
        fingerprint: null,
      });
      const cert = await trust.signDevice(input.csr, device.id);
      await issued.note(cert);
      log.info("access.console-admitted", { device: device.id, node: initiatorId, first });
      return {
        intent: "admit" as const,
        cert,
        ca,
        rackId: membership.rackId,
        rackName: membership.rackName,
        state: first ? ("admitted" as const) : ("waiting" as const),
        recoveryKey: first ? sealWithNewKey() : null,
      };
    },
    async pairInstall(context: Context, input: { cert: string; ca: string; rackId: string; rackName: string; mainId: string; revoked: readonly string[] }) {
      needBinding(context);
      const initiatorId = pairing.takeProved(context.connection.scratch);
      const membership = trust.membership();
      if (membership.standing !== "new") throw fault("access.already-in-rack", { rack: membership.rackName });
      if (initiatorId !== input.mainId) throw fault("access.channel-mismatch");
      await issued.accept({ seq: 0, revoked: input.revoked });
      trust.join({ standing: "rack", rackId: input.rackId, rackName: input.rackName, mainId: input.mainId }, input.ca, input.cert);
      log.info("access.joined-rack", { rackId: input.rackId, mainId: input.mainId });
      deps.onMembership();
      return { installed: true };
    },
    /** Main's side: takes the node at an address into the rack, with its code. */
    async enrol(address: string | Target, code: string, signal?: AbortSignal) {
      needMain();
      const membership = trust.membership();
      const target = typeof address === "string" ? parseAddress(address) : address;
      const { link: far, identity: peer, proof } = await proveTo(target, code, trust.id, log, signal);
      try {
        const answer = await far.client.access.pair.finish({ intent: "enrol", proof });
        const ca = trust.caPem();
        if (answer.intent !== "enrol" || membership.standing !== "rack" || ca === undefined) throw fault("access.not-main");
        const cert = await trust.signNode(answer.csr, peer.id);
        await issued.note(cert);
        await far.client.access.pair.install({
          cert,
          ca,
          rackId: membership.rackId,
          rackName: membership.rackName,
          mainId: trust.id,
          revoked: issued.list().revoked,
          roles: answer.roles,
        });
        return { nodeId: peer.id, name: answer.name, roles: answer.roles, fingerprint: peer.fingerprint, serial: peer.serial, target };
      } finally {
        far.close();
      }
    },
    /** The desktop's side: becomes a console of the rack at an address. */
    async join(input: { address: string; code: string; deviceName: string }) {
      const membership = trust.membership();
      if (membership.standing === "console") throw fault("access.already-in-rack", { rack: membership.rackName });
      const target = parseAddress(input.address);
      const { link: far, identity: peer, proof } = await proveTo(target, input.code, trust.id, log);
      try {
        const answer = await far.client.access.pair.finish({ intent: "admit", proof, csr: await trust.request(), deviceName: input.deviceName });
        if (answer.intent !== "admit") throw fault("access.not-main");
        trust.join(
          {
            standing: "console",
            rackId: answer.rackId,
            rackName: answer.rackName,
            mainId: peer.id,
            deviceId: subjectOf(new X509Certificate(answer.cert))?.id ?? "",
            address: formatAddress(target),
          },
          answer.ca,
          answer.cert,
        );
        deps.onMembership();
        return { rackName: answer.rackName, state: answer.state, recoveryKey: answer.recoveryKey };
      } finally {
        far.close();
      }
    },
    async leave() {
      if (trust.membership().standing !== "console") throw fault("rack.not-linked");
      await trust.leave();
      deps.onMembership();
      return { left: true };
    },

    async invite(input: { name: string; role: PersonRole; days: number | null }) {
      const person = await people.addPerson(input.name, input.role, input.days);
      return { person: people.personView(person), link: await link(person.id, inviteOrigin()) };
    },
    /** Takes back a device: its certificates, its sessions, its open connections. */
    async revokeDevice(id: string) {
      const device = await people.revoke(id);
      await issued.revoke({ kind: "device", id } satisfies Subject);
      return device;
    },
    async renewDevice(context: Context, csr: string) {
      needMain();
      const ca = trust.caPem();
      const { credential } = context.connection;
      if (credential.kind !== "device" || credential.sessionToken !== undefined || ca === undefined)
        throw fault("access.denied", { role: context.caller.role, needs: "device" });
      const cert = await trust.signDevice(csr, credential.deviceId);
      await issued.note(cert);
      return { cert, ca };
    },
  };

  function inviteOrigin(): string {
    const [first] = addresses();
    return first === undefined ? deps.loopbackOrigin() : `https://${first}`;
  }
}
