import { fault } from "./kernel/fault.ts";
import { guarded, type Relay } from "./kernel/rpc.ts";
import type { Access } from "./access/service.ts";
import type { Issued } from "./access/issued.ts";
import type { People } from "./access/people.ts";
import type { Trust } from "./access/trust.ts";
import type { Route } from "../contract/access.ts";
import type { Check, DiscoveryState, History, Metric } from "../contract/rack.ts";
import type { Fleet } from "./rack/fleet.ts";
import type { Rack } from "./rack/service.ts";
import { breakerProcedures } from "./breaker/procedures.ts";
import type { Breaker } from "./breaker/service.ts";

export interface Rooms {
  access: Access;
  people: People;
  issued: Issued;
  trust: Trust;
  rack: Rack;
  breaker: Breaker;
  fleet: Fleet;
  relay: () => Relay | undefined;
  discovery: () => DiscoveryState;
  history(nodeId: string, minutes: number, metrics: readonly Metric[] | undefined): Promise<History>;
  knows(nodeId: string): boolean;
  checks(): Promise<Check[]>;
  routes(): Route[];
  supportFiles(): Promise<{ name: string; text: string }[]>;
}

/** The contract, answered: each procedure is one line to the room that knows. Composition only, no decisions. */
export function createRouter(rooms: Rooms) {
  const { access, people, issued, trust, rack, fleet } = rooms;
  const os = guarded({ relay: rooms.relay });
  const a = os.access;
  const r = os.rack;
  const removed = async (done: Promise<unknown>) => {
    await done;
    fleet.sendRevocations();
    return { removed: true };
  };
  return os.router({
    access: {
      me: a.me.handler(({ context }) => access.me(context)),
      trust: a.trust.handler(() => access.trustInfo()),
      routes: a.routes.handler(() => ({ routes: rooms.routes() })),
      session: {
        start: a.session.start.handler(({ context, input }) => access.startSession(context, input)),
        end: a.session.end.handler(({ context }) => access.endSession(context)),
        link: a.session.link.handler(({ context }) => access.sessionLink(context)),
      },
      claim: a.claim.handler(({ context, input }) => access.claim(context, input)),
      recover: a.recover.handler(({ context, input }) => access.recover(context, input)),
      window: {
        get: a.window.get.handler(() => access.pairing.view()),
        open: a.window.open.handler(() => access.pairing.open()),
        close: a.window.close.handler(() => access.pairing.close()),
      },
      join: a.join.handler(({ input }) => access.join(input)),
      leave: a.leave.handler(({ context }) => access.leave(context)),
      probe: a.probe.handler(({ input }) => access.probe(input.address)),
      person: {
        list: a.person.list.handler(({ context }) => people.list(context.caller.device?.id)),
        invite: a.person.invite.handler(({ input }) => access.invite(input)),
        update: a.person.update.handler(({ input }) => people.updatePerson(input.id, input)),
        remove: a.person.remove.handler(({ input }) => removed(people.removePerson(input.id))),
      },
      device: {
        admit: a.device.admit.handler(({ context, input }) => people.admit(input.id, input, context.caller.person?.id)),
        revoke: a.device.revoke.handler(async ({ input }) => {
          const device = await access.revokeDevice(input.id);
          fleet.sendRevocations();
          return device;
        }),
        renew: a.device.renew.handler(({ context, input }) => access.renewDevice(context, input.csr)),
      },
      pair: {
        parameters: a.pair.parameters.handler(({ context }) => access.pairParameters(context)),
        begin: a.pair.begin.handler(({ context, input }) => access.pairBegin(context, input)),
        finish: a.pair.finish.handler(({ context, input }) => access.pairFinish(context, input)),
        install: a.pair.install.handler(({ context, input }) => access.pairInstall(context, input)),
      },
      peer: {
        release: a.peer.release.handler(() => access.released()),
        request: a.peer.request.handler(async () => ({ csr: await trust.request() })),
        install: a.peer.install.handler(({ input }) => {
          trust.renew(input.cert);
          return { installed: true };
        }),
        revocations: a.peer.revocations.handler(async ({ input }) => ({ seq: await issued.accept(input) })),
      },
    },
    breaker: breakerProcedures(os.breaker, rooms.breaker),
    rack: {
      snapshot: r.snapshot.handler(() => rack.snapshot()),
      watch: r.watch.handler(({ signal }) => rack.watch(signal)),
      found: r.found.handler(() => rooms.discovery()),
      doctor: r.doctor.handler(async () => ({ checks: await rooms.checks() })),
      supportBundle: r.supportBundle.handler(async () => ({ files: await rooms.supportFiles() })),
      settings: {
        get: r.settings.get.handler(() => rack.settings()),
        set: r.settings.set.handler(({ input }) => rack.setSettings(input)),
      },
      node: {
        history: r.node.history.handler(({ input }) => {
          if (!rooms.knows(input.nodeId)) throw fault("rack.node-not-found", { nodeId: input.nodeId });
          return rooms.history(input.nodeId, input.minutes, input.metrics);
        }),
        add: r.node.add.handler(({ input }) => rack.add(input.address, input.code, input.roles)),
        rename: r.node.rename.handler(({ input }) => rack.rename(input.nodeId, input.name)),
        place: r.node.place.handler(({ input }) => rack.place(input.nodeId, input.from, input.height)),
        remove: r.node.remove.handler(async ({ input }) => {
          await fleet.remove(input.nodeId);
          return { revoked: true };
        }),
      },
      plan: {
        get: r.plan.get.handler(() => rack.plan()),
        set: r.plan.set.handler(({ input }) => rack.setPlan(input)),
      },
      alert: {
        acknowledge: r.alert.acknowledge.handler(({ input }) => rack.acknowledge(input.id)),
        mute: r.alert.mute.handler(({ input }) => rack.mute(input.id, input.minutes)),
      },
      peer: { pulse: r.peer.pulse.handler(({ input, signal }) => rack.pulse(input.after, signal)) },
    },
  });
}
