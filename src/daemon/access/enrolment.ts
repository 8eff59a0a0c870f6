import { X509Certificate } from "node:crypto";
import type { z } from "zod";
import type { AosdIdentity } from "../../contract/access.ts";
import type { memberRole, NodeRole } from "../../contract/values.ts";
import type { Context } from "../kernel/caller.ts";
import { fault } from "../kernel/fault.ts";
import { subjectOf } from "./certificates.ts";
import { dial, formatAddress, parseAddress } from "./dial.ts";
import { proveTo, type Pairing } from "./pairing.ts";
import type { AccessDeps } from "./service.ts";

type MemberRole = z.infer<typeof memberRole>;

/** There is one main: a node that was set up for all roles takes the others. */
function rolesFor(wanted: readonly NodeRole[]): NodeRole[] {
  const roles = wanted.filter((role) => role !== "main");
  return roles.length > 0 ? roles : ["pool"];
}

interface EnrolmentDeps extends AccessDeps {
  pairing: Pairing;
  identity(): AosdIdentity;
  needMain(): void;
  sealWithNewKey(): string;
}

/** How machines come in: both sides of pairing, and the certificates that follow from it. */
export function createEnrolment(deps: EnrolmentDeps) {
  const { trust, people, issued, log, pairing, identity, needMain, sealWithNewKey } = deps;

  const needBinding = ({ connection }: Context): string => {
    if (connection.binding === undefined) throw fault("access.needs-tls");
    return connection.binding;
  };
  /** A node can be taken in while it is new, or alone in a rack that it founded at its first start and nobody claimed. */
  const needFree = () => {
    const membership = trust.membership();
    const alone = trust.isMain() && !people.claimed();
    if (membership.standing !== "new" && !alone) throw fault("access.already-in-rack", { rack: membership.rackName });
  };
  const release = async () => {
    if (trust.membership().standing === "new" || trust.isMain()) throw fault("rack.not-linked");
    await trust.leave();
    deps.onMembership();
  };

  return {
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
        needFree();
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
    async pairInstall(
      context: Context,
      input: { cert: string; ca: string; rackId: string; rackName: string; mainId: string; revoked: readonly string[]; roles: NodeRole[] },
    ) {
      needBinding(context);
      const initiatorId = pairing.takeProved(context.connection.scratch);
      needFree();
      if (initiatorId !== input.mainId) throw fault("access.channel-mismatch");
      await issued.begin(input.revoked);
      trust.join({ standing: "rack", rackId: input.rackId, rackName: input.rackName, mainId: input.mainId, roles: input.roles }, input.ca, input.cert);
      log.info("access.joined-rack", { rackId: input.rackId, mainId: input.mainId });
      deps.onMembership();
      return { installed: true };
    },
    /** Main's side: takes the node at an address into the rack, with its code. */
    async enrol(address: string, code: string, chosen: readonly MemberRole[] | undefined) {
      needMain();
      const membership = trust.membership();
      const target = parseAddress(address);
      const { link: far, identity: peer, proof } = await proveTo(target, code, trust.id, log);
      try {
        const answer = await far.client.access.pair.finish({ intent: "enrol", proof });
        const ca = trust.caPem();
        if (answer.intent !== "enrol" || membership.standing !== "rack" || ca === undefined) throw fault("access.not-main");
        const roles = rolesFor(chosen ?? answer.roles);
        const cert = await trust.signNode(answer.csr, peer.id);
        await issued.note(cert);
        await far.client.access.pair.install({
          cert,
          ca,
          rackId: membership.rackId,
          rackName: membership.rackName,
          mainId: trust.id,
          revoked: issued.list().revoked,
          roles,
        });
        return { nodeId: peer.id, name: answer.name, roles, fingerprint: peer.fingerprint, serial: peer.serial, target };
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
    /** At the machine itself: forgets a rack elsewhere. */
    async leave(context: Context) {
      if (context.connection.listener !== "socket") throw fault("access.local-only");
      await release();
      return { left: true };
    },
    /** Main's word that this node was taken out: forgets the rack and can be taken in again. */
    async released() {
      await release();
      pairing.open();
      return { released: true };
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
}
