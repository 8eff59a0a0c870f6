import type { guarded } from "../kernel/rpc.ts";
import type { Breaker } from "./service.ts";

type Area = ReturnType<typeof guarded>["breaker"];

/** The breaker's part of the contract, answered: each procedure is one line to what knows. */
export function breakerProcedures(os: Area, breaker: Breaker) {
  const { latch, autonomy, approvals, activity, vault, egress, runtimes, peer } = breaker;
  return {
    state: os.state.handler(() => breaker.view()),
    watch: os.watch.handler(({ signal }) => breaker.watch(signal)),
    trip: os.trip.handler(({ context, input }) => latch.trip(context.caller, input.reason)),
    tripHere: os.tripHere.handler(({ context, input }) => latch.tripHere(context.caller, input.reason)),
    note: os.note.handler(({ context, input }) => latch.note(context.caller, input.reason)),
    reset: os.reset.handler(({ context, input }) => latch.reset(context.caller, input?.epoch)),
    start: os.start.handler(({ context, input }) => latch.start(context.caller, input?.epoch)),
    exclude: os.exclude.handler(({ context, input }) => latch.exclude(context.caller, input.nodeId)),
    settle: os.settle.handler(({ context, input }) => activity.settle(context.caller, input)),
    contacts: os.contacts.handler(({ context, input }) => breaker.setContacts(context.caller, input.contacts)),
    button: {
      ports: os.button.ports.handler(async () => ({ ports: await latch.ports() })),
      enrol: os.button.enrol.handler(({ context, input }) => latch.enrol(context.caller, input.source)),
      forget: os.button.forget.handler(({ context }) => latch.forget(context.caller)),
    },
    autonomy: {
      get: os.autonomy.get.handler(() => autonomy.view()),
      set: os.autonomy.set.handler(({ context, input }) => autonomy.set(context.caller, input.level)),
      limits: os.autonomy.limits.handler(({ context, input }) => autonomy.setLimits(context.caller, input)),
      preview: os.autonomy.preview.handler(({ input }) => autonomy.preview(input.level, input.days)),
      replay: os.autonomy.replay.handler(({ input }) => autonomy.replay(input)),
    },
    approvals: {
      list: os.approvals.list.handler(() => approvals.view()),
      get: os.approvals.get.handler(({ input }) => approvals.get(input.id)),
      decide: os.approvals.decide.handler(({ context, input }) => approvals.decide(context.caller, input)),
      revoke: os.approvals.revoke.handler(({ context, input }) => approvals.revoke(context.caller, input.grantId)),
    },
    activity: {
      list: os.activity.list.handler(({ input }) => activity.list(input)),
      entry: os.activity.entry.handler(({ input }) => activity.entry(input.seq)),
      verify: os.activity.verify.handler(() => activity.verify()),
      export: os.activity.export.handler(({ context, input, signal }) => activity.export(context.caller, input, signal)),
      checkpoint: os.activity.checkpoint.handler(() => activity.checkpoint()),
      consistency: os.activity.consistency.handler(async ({ input }) => ({ proof: await activity.consistency(input.from, input.to) })),
      erase: os.activity.erase.handler(async ({ context, input }) => ({ erased: await activity.erase(context.caller, input.seqs) })),
      seal: os.activity.seal.handler(({ context }) => activity.seal(context.caller)),
    },
    secrets: {
      list: os.secrets.list.handler(() => vault.list()),
      set: os.secrets.set.handler(({ context, input }) => vault.set(context.caller, input)),
      remove: os.secrets.remove.handler(({ context, input }) => vault.remove(context.caller, input.handle)),
    },
    egress: {
      view: os.egress.view.handler(({ input }) => egress.view(input.limit)),
      mode: os.egress.mode.handler(({ context, input }) => egress.setMode(context.caller, input.mode)),
      allow: os.egress.allow.handler(({ context, input }) => egress.allow(context.caller, input.host)),
      disallow: os.egress.disallow.handler(({ context, input }) => egress.disallow(context.caller, input.host)),
    },
    runtimes: {
      list: os.runtimes.list.handler(() => ({ runtimes: runtimes.list() })),
      add: os.runtimes.add.handler(({ context, input }) => runtimes.add(context, input)),
      remove: os.runtimes.remove.handler(({ context, input }) => runtimes.remove(context, input.id)),
    },
    peer: {
      lease: os.peer.lease.handler(() => peer.lease()),
      policy: os.peer.policy.handler(({ input }) => peer.policy(input.version, input.policy)),
      asks: os.peer.asks.handler(({ signal }) => peer.asks(signal)),
      decided: os.peer.decided.handler(({ input }) => peer.decided(input)),
      rows: os.peer.rows.handler(({ input }) => peer.rows(input.after, input.limit)),
      keep: os.peer.keep.handler(({ input }) => peer.keep(input)),
    },
  };
}
