import { fault, type Caller, type Guarded } from "../guard.ts";
import type { FakeBreaker } from "./create.ts";

type Area = Guarded["breaker"];
const owner = "사장님";
const who = (caller: Caller) => (caller.role === "kiosk" ? "버튼 화면" : owner);
const exportPiece = 100;

/** The breaker's part of the contract, answered by the fake. */
export function breakerRouter(area: Area, breaker: FakeBreaker) {
  const { log, latch, approvals } = breaker;
  const never = () => {
    throw fault("access.denied", { role: "owner", needs: "node" });
  };
  const told = <T>(value: T): T => {
    breaker.publish();
    return value;
  };
  const setting = (code: string, params: Record<string, string | number>, by: string) =>
    log.append({ kind: "setting", actor: by, via: "ws", title: { code, params } });
  const stopped = () => {
    if (latch.state() !== "stopped") throw fault("breaker.not-stopped", {});
  };
  const trip = (caller: Caller, reason: string | undefined) => {
    latch.trip(caller.role === "kiosk" ? "kiosk" : "person", who(caller), caller.via === "http" ? "http" : "ws", reason ?? null, [
      { agent: "무펭", tool: "message.send", act: "x2", state: "stopped" },
    ]);
    log.append({ kind: "latch", actor: who(caller), via: "ws", title: { code: "trip", params: {} } });
    breaker.publish();
  };
  return {
    state: area.state.handler(() => breaker.view()),
    watch: area.watch.handler(({ signal }) => breaker.watch(signal)),
    trip: area.trip.handler(({ input, context }) => {
      trip(context, input.reason);
      return breaker.view();
    }),
    tripHere: area.tripHere.handler(({ input, context }) => {
      trip(context, input.reason);
      return { closed: true as const, onDisk: true };
    }),
    note: area.note.handler(({ input }) => {
      stopped();
      latch.note(input.reason);
      log.append({ kind: "latch", actor: owner, via: "ws", title: { code: "note", params: {} }, payload: { reason: input.reason } });
      return told(breaker.view());
    }),
    reset: area.reset.handler(() => {
      stopped();
      if (latch.left() > 0) throw fault("breaker.reset-blocked", { left: latch.left() });
      latch.reset();
      log.append({ kind: "latch", actor: owner, via: "ws", title: { code: "reset", params: {} } });
      return told(breaker.view());
    }),
    start: area.start.handler(() => {
      if (log.isDamaged()) throw fault("breaker.log-damaged", { seq: log.check()?.bad?.seq ?? 0 });
      if (latch.state() !== "ready") throw fault("breaker.not-ready", {});
      latch.start();
      log.append({ kind: "latch", actor: owner, via: "ws", title: { code: "start", params: {} } });
      return told(breaker.view());
    }),
    exclude: area.exclude.handler(({ input }) => {
      if (!latch.exclude(input.nodeId)) throw fault("breaker.node-answers", { nodeId: input.nodeId });
      return told(breaker.view());
    }),
    settle: area.settle.handler(({ input }) => {
      if (!breaker.settle(input.act, input.outcome, owner)) throw fault("breaker.not-found", {});
      return { ok: true as const };
    }),
    contacts: area.contacts.handler(({ input }) => {
      breaker.setContacts(input.contacts);
      setting("contacts", {}, owner);
      return breaker.view();
    }),
    button: {
      ports: area.button.ports.handler(() => ({ ports: [{ path: "/dev/ttyACM0", maker: "Raspberry Pi" }] })),
      enrol: area.button.enrol.handler(({ input }) => {
        if (input.source.kind === "serial" && input.source.path !== "/dev/ttyACM0") throw fault("breaker.button-not-found", { path: input.source.path });
        if (!latch.isHeld()) throw fault("breaker.button-not-held", {});
        return told(latch.enrol());
      }),
      forget: area.button.forget.handler(() => {
        stopped();
        return told(latch.forget());
      }),
    },
    autonomy: {
      get: area.autonomy.get.handler(() => breaker.autonomy()),
      set: area.autonomy.set.handler(({ input, context }) => {
        const { maxLevel, plan } = breaker.autonomy();
        if (input.level > breaker.level() && context.role !== "owner") throw fault("breaker.owner-only", {});
        if (input.level > maxLevel && input.level > breaker.level()) throw fault("breaker.licence", { maxLevel, plan });
        setting("level", { from: breaker.level(), to: input.level }, owner);
        breaker.setLevel(input.level);
        return breaker.autonomy();
      }),
      limits: area.autonomy.limits.handler(({ input }) => {
        breaker.setLimits(Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)));
        setting("limits", {}, owner);
        return breaker.autonomy();
      }),
      preview: area.autonomy.preview.handler(({ input }) => breaker.preview(input.level, input.days)),
      replay: area.autonomy.replay.handler(({ input }) => breaker.replay(input.level, input.days)),
    },
    approvals: {
      list: area.approvals.list.handler(() => approvals.view()),
      get: area.approvals.get.handler(({ input }) => {
        const found = approvals.find(input.id);
        if (!found) throw fault("breaker.not-found", {});
        return found;
      }),
      decide: area.approvals.decide.handler(({ input }) => {
        if (input.answer === "approve" && latch.state() !== "run") throw fault("breaker.latched", {});
        switch (approvals.decide(input, owner)) {
          case "not-found":
            throw fault("breaker.not-found", {});
          case "over":
            throw fault("breaker.approval-over", { state: "over" });
          case "changed":
            throw fault("breaker.approval-changed", {});
          case "typed":
            throw fault("breaker.approval-typed", {});
          case null:
            return told(approvals.view());
        }
      }),
      revoke: area.approvals.revoke.handler(({ input }) => {
        if (!approvals.revoke(input.grantId)) throw fault("breaker.not-found", {});
        return approvals.view();
      }),
    },
    activity: {
      list: area.activity.list.handler(({ input }) => log.list(input)),
      entry: area.activity.entry.handler(({ input }) => {
        const found = log.entry(input.seq);
        if (!found) throw fault("breaker.not-found", {});
        return found;
      }),
      verify: area.activity.verify.handler(() => told(log.verify())),
      export: area.activity.export.handler(async function* () {
        const lines = log.rows().map((row) => JSON.stringify({ ...row.body, payload: row.erased ? null : row.payload }));
        for (let at = 0; at < lines.length; at += exportPiece) yield { lines: lines.slice(at, at + exportPiece) };
      }),
      checkpoint: area.activity.checkpoint.handler(() => log.checkpoint()),
      consistency: area.activity.consistency.handler(({ input }) => {
        const proof = log.consistency(input.from, input.to);
        if (!proof) throw fault("breaker.not-found", {});
        return { proof };
      }),
      erase: area.activity.erase.handler(({ input }) => {
        const erased = log.erase(input.seqs);
        if (erased === 0) throw fault("breaker.not-found", {});
        log.append({ kind: "log", actor: owner, via: "ws", title: { code: "log.erased", params: { seqs: input.seqs.join(",") } } });
        return { erased };
      }),
      seal: area.activity.seal.handler(() => {
        if (!log.seal()) throw fault("breaker.log-whole", {});
        return told(log.verify());
      }),
    },
    secrets: {
      list: area.secrets.list.handler(() => ({ state: "open" as const, problem: null, secrets: breaker.secrets.list() })),
      set: area.secrets.set.handler(({ input }) => {
        log.append({ kind: "secret", actor: owner, via: "ws", title: { code: "secret-set", params: { handle: input.handle } } });
        return breaker.secrets.set({ handle: input.handle, hosts: input.hosts, note: input.note });
      }),
      remove: area.secrets.remove.handler(({ input }) => {
        if (!breaker.secrets.remove(input.handle)) throw fault("breaker.not-found", {});
        log.append({ kind: "secret", actor: owner, via: "ws", title: { code: "secret-remove", params: { handle: input.handle } } });
        return { ok: true as const };
      }),
    },
    egress: {
      view: area.egress.view.handler(({ input }) => breaker.egress.view(input.limit)),
      mode: area.egress.mode.handler(({ input }) => {
        breaker.egress.setMode(input.mode);
        setting("egress-mode", { mode: input.mode }, owner);
        return breaker.egress.view(100);
      }),
      allow: area.egress.allow.handler(({ input }) => {
        breaker.egress.allow(input.host, owner);
        setting("allow-host", { host: input.host }, owner);
        return breaker.egress.view(100);
      }),
      disallow: area.egress.disallow.handler(({ input }) => {
        if (!breaker.egress.disallow(input.host)) throw fault("breaker.not-found", {});
        setting("disallow-host", { host: input.host }, owner);
        return breaker.egress.view(100);
      }),
    },
    runtimes: {
      list: area.runtimes.list.handler(() => ({ runtimes: [] })),
      add: area.runtimes.add.handler(never),
      remove: area.runtimes.remove.handler(never),
    },
    peer: {
      lease: area.peer.lease.handler(never),
      policy: area.peer.policy.handler(never),
      asks: area.peer.asks.handler(never),
      decided: area.peer.decided.handler(never),
      rows: area.peer.rows.handler(never),
      keep: area.peer.keep.handler(never),
    },
  };
}
