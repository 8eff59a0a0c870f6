import { chownSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Approval, BreakerView, PanicBand } from "../../contract/breaker.ts";
import type { Link } from "../access/dial.ts";
import type { Trust } from "../access/trust.ts";
import type { Caller } from "../kernel/caller.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Config } from "../kernel/config.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Database } from "../kernel/sqlite/database.ts";
import { createActs, shell } from "./act.ts";
import { createActivity } from "./activity.ts";
import { actorOf } from "./actor.ts";
import { createApprovalsDesk } from "./approvals-desk.ts";
import { createApprovals } from "./approvals/service.ts";
import { createAudit } from "./audit/audit.ts";
import { createReplicas } from "./audit/replica.ts";
import { createAutonomyDesk } from "./autonomy-desk.ts";
import { createButtonPorts } from "./button-ports.ts";
import { createButtonStore } from "./button-store.ts";
import { createConfinement } from "./confinement.ts";
import { openContacts } from "./contacts.ts";
import { toolAccount } from "./custody/launcher.ts";
import { createEgressDesk, egressVerdict } from "./egress-desk.ts";
import { createLedger } from "./egress/ledger.ts";
import { createGateDoors } from "./gate/http.ts";
import { createPolicy } from "./gate/policy.ts";
import { createRehearsalClock } from "./gate/rehearsal-clock.ts";
import { createGate } from "./gate/service.ts";
import { createSpending } from "./gate/spending.ts";
import { createKeeper } from "./latch/keeper.ts";
import { createLatchDesk } from "./latch-desk.ts";
import { createPeers } from "./peers.ts";
import { createProtection } from "./protection.ts";
import { createRuntimesDesk } from "./runtimes-desk.ts";
import { createRuntimes } from "./runtimes.ts";
import { createSync } from "./sync.ts";
import { createVaultDesk } from "./vault-desk.ts";
import { viewOfBreaker } from "./view.ts";
import { followed } from "./watch.ts";
import { resolved, workspaceOf } from "./workspace.ts";

export interface BreakerDeps {
  config: Config;
  /** The state folder has never been used before: a latch that is missing there is no loss. */
  fresh: boolean;
  db: Database;
  ledgerDb: Database;
  clock: Clock;
  ids: Ids;
  log: Log;
  trust: Trust;
  /** Members beside this node; on main. */
  members(): { id: string; name: string; roles: readonly string[] }[];
  name(): string;
  lowBattery(): boolean;
  /** Ports of this daemon's own servers: no tool reaches them. */
  ownPort(port: number): boolean;
}

const LOOK_MS = 1000;

/** The breaker room: latch, gate, approvals, custody, egress, log, and what people do with each. Boots stopped. */
export async function createBreaker(deps: BreakerDeps) {
  const { config, db, clock, ids, log, trust } = deps;
  const nodeId = trust.id;
  // A demo's rehearsal says what time it is; everywhere else the gate's time is the daemon's.
  const rehearsal = config.demo ? createRehearsalClock(clock) : null;
  const gateClock = rehearsal ?? clock;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const rackId = () => {
    const membership = trust.membership();
    return membership.standing === "new" ? "" : membership.rackId;
  };
  const protection = createProtection({ config, clock, log, nodeId, rackId });
  const { vault, licence } = protection;
  const audit = createAudit({ dir: config.stateDir, clock: gateClock, ids, log, redact: protection.redact, onState: changed });
  let lastMembers = "";
  const stops: (() => unknown)[] = [await audit.start()];
  let unknown = (await audit.openIntents().catch(() => [])).filter((one) => one.state === "unknown");

  const lookAgain = async () => {
    unknown = (await audit.openIntents()).filter((one) => one.state === "unknown");
    changed();
  };
  const keeper = await createKeeper({
    stateDir: config.stateDir,
    nodeId,
    isMain: trust.isMain,
    members: () => deps.members().map(({ id }) => id),
    fresh: deps.fresh,
    lanHost: config.lanHost,
    port: config.leasePort,
    clock,
    log,
    blockers: () => unknown.map(({ act, title }) => ({ id: act, title: String(title.params["path"] ?? title.code) })),
    onChange: changed,
    onShutdownWanted: () => log.warn("button.held", { note: "the ordered shutdown is shown, not carried out" }),
  });
  const epoch = () => keeper.fence.epoch();
  const button = createButtonStore({ stateDir: config.stateDir, ids, log, ports: createButtonPorts({ clock }) });
  const enrolled = button.load();
  if (enrolled !== null) await keeper.setButton(enrolled);

  let isolation: "netns" | "sandbox-exec" | "none" = "none";
  const policy = await createPolicy({ db, clock: gateClock, ids, log, licence, isolation: () => isolation, member: !trust.isMain() });
  const approvals = await createApprovals({ db, clock: gateClock, ids, log, nodeId, grants: policy });
  const runtimes = await createRuntimes({ db, clock, ids });
  const ledger = createLedger({ db: deps.ledgerDb, clock: gateClock, ids });
  await ledger.settle();
  const workspace = workspaceOf(config);

  const trip = (cause: "panic" | "low-battery", reason: string) => {
    // Closes before it returns; what it comes to on disk is told by the view.
    keeper.trip({ cause, by: null, via: "self", reason }).catch((error: unknown) => log.error("breaker.trip-not-told", { error }));
  };
  const confinement = await createConfinement({
    config,
    redact: protection.redact,
    keeper,
    policy,
    vault,
    ledger,
    clock,
    ids,
    log,
    ownPort: deps.ownPort,
    decide: (asked) => egressVerdict(gate, asked),
  });
  const { custody, capabilities } = confinement;
  isolation = capabilities.network;
  if (capabilities.privilege === "root") chownSync(workspace, toolAccount.uid, toolAccount.gid);

  const gate = createGate({
    fence: keeper.fence,
    clock: gateClock,
    ids,
    log,
    audit,
    screen: protection.screen,
    secrets: protection.secrets,
    redact: protection.redact,
    approvals,
    policy,
    spending: createSpending({ db, clock: gateClock, log }),
    around: {
      workspace: [workspace],
      state: [realpathSync(config.stateDir)],
      resolve: resolved,
      credentialHosts: (handle) => vault.list().find((one) => one.handle === handle)?.hosts ?? null,
    },
    async binary(request, { runtime }) {
      const program = request.tool === "shell.run" ? shell : runtimes.get(runtime)?.tools[request.tool];
      return program === undefined ? null : custody.resolve(program.command, request.cwd ?? workspace, request.agent);
    },
    trip: ({ reason }) => trip("panic", reason),
    stopTask: ({ agent, task, why }) => log.warn("gate.task-stopped", { agent, task, why }),
    tellOwner: ({ why, act, params }) => log.warn("gate.tell-owner", { why, act, ...params }),
  });
  const acts = createActs({ custody, log, judge: gate.judge, outcome: gate.outcome, redact: protection.redact, hide: protection.hide, workspace });
  /** What the present stop, or the last one, cut short. */
  let interrupted = acts.running();
  keeper.fence.onClose(() => (interrupted = acts.running()));

  const elsewhere = new Map<string, { asks: readonly Approval[]; band: PanicBand }>();
  const waitingElsewhere = () => [...elsewhere.values()].flatMap(({ asks }) => asks);
  const replicas = createReplicas({ dir: join(config.stateDir, "copies"), clock, log });
  const peers = createPeers({
    keeper,
    policy,
    approvals,
    audit,
    replicas,
    log,
    band: () => gate.panic().band,
    onAsks: (listener) => approvals.onChange(listener),
  });
  const sync = createSync({
    clock,
    log,
    random: ids.random,
    onLease: (id, { host, port, key, session }) =>
      void keeper.setPeer(id, { host, port, key, session }).catch((error: unknown) => log.error("breaker.no-lease", { node: id, error })),
    policy: () => policy.exportFor() ?? { version: 0, policy: null },
    onAsks(id, asks, band) {
      elsewhere.set(id, { asks, band });
      changed();
    },
    self: { nodeId, rows: peers.rows },
    storage: () => deps.members().find(({ roles }) => roles.includes("storage"))?.id ?? null,
    onRebuilt: (id, seq) => log.error("breaker.log-rebuilt", { node: id, seq }),
  });
  const activity = createActivity({ audit, clock: gateClock, nodeId, epoch, onSettled: () => lookAgain() });
  const contacts = await openContacts(db);

  const logState = () => {
    const { state } = audit.state();
    return state === "open" ? ("whole" as const) : state === "damaged" ? ("damaged" as const) : ("unknown" as const);
  };
  const nameOf = (id: string) => (id === nodeId ? deps.name() : (deps.members().find((one) => one.id === id)?.name ?? id));
  const view = (): BreakerView =>
    viewOfBreaker({
      latch: keeper.view(),
      simulatedButton: config.demo,
      nameOf,
      at: clock.now(),
      interrupted: [
        ...interrupted.map((one) => ({ ...one, state: "stopped" as const })),
        ...unknown.map(({ act, actor, title }) => ({ agent: actor, tool: title.code, act, state: "unknown" as const })),
      ],
      panic: gate.panic(),
      level: policy.current()?.level ?? 1,
      pending: approvals.waiting().length + waitingElsewhere().length,
      unknownOutcomes: unknown.length,
      log: logState(),
      contacts: contacts.list(),
    });
  const look = () => {
    if (deps.lowBattery() && keeper.view().state === "run") trip("low-battery", "low-battery");
    lookAgain().catch((error: unknown) => log.warn("breaker.outcomes-unread", { error }));
  };
  const inLog = (caller: Caller, code: string, params: Record<string, string> = {}) =>
    audit.append({ ...actorOf(caller), kind: "setting", title: { code, params }, epoch: epoch() });
  const doors = createGateDoors({
    gate,
    approvals,
    runtimes,
    clock,
    log,
    jump: rehearsal === null ? null : rehearsal.jump,
    perform: (request, runtime, caller, signal) => acts.perform(request, runtime.tools, caller, signal),
  });

  return {
    view,
    doors,
    fence: keeper.fence,
    watch: (signal: AbortSignal | undefined) => followed({ view, clock, listeners, signal }),
    async setContacts(caller: Caller, next: BreakerView["contacts"]): Promise<BreakerView> {
      await inLog(caller, "contacts");
      await contacts.save(next);
      return view();
    },
    latch: createLatchDesk({ keeper, audit, button, clock, log, view, logWhole: () => logState() === "whole" }),
    autonomy: createAutonomyDesk({ policy, approvals, audit, clock: gateClock, isolation: () => isolation, state: () => gate.state, epoch }),
    approvals: createApprovalsDesk({ approvals, audit, elsewhere: waitingElsewhere, decided: sync.decided, epoch }),
    activity,
    vault: createVaultDesk({ vault, audit, epoch }),
    egress: createEgressDesk({ policy, ledger, audit, epoch }),
    runtimes: createRuntimesDesk({ runtimes, rehearses: rehearsal !== null, record: inLog, warm: (command) => custody.resolve(command, workspace, "main") }),
    peer: peers,
    linked: (id: string, link: Link, host: string, signal: AbortSignal) => {
      membersChanged();
      sync.linked(id, link, host, signal);
      signal.addEventListener("abort", () => {
        elsewhere.delete(id);
        changed();
      });
    },
    membersChanged,
    async start() {
      stops.push(
        await gate.start(),
        approvals.start(),
        sync.start(),
        clock.every(LOOK_MS, look),
        policy.onChange(sync.policyChanged),
        policy.onChange(gate.catchUp),
        policy.onChange(changed),
        approvals.onChange(changed),
      );
      // The tail was checked as the log opened; the whole may take seconds, and nobody waits for it.
      activity.check().catch((error: unknown) => log.warn("audit.not-checked", { error }));
    },
    async stop() {
      for (const stop of stops.splice(1).toReversed()) await stop();
      await confinement.stop();
      await keeper.stop();
      await replicas.stop();
      await stops[0]?.();
      vault.close();
    },
  };

  function membersChanged() {
    const now = `${trust.isMain()} ${deps
      .members()
      .map(({ id }) => id)
      .join(" ")}`;
    if (now === lastMembers) return;
    lastMembers = now;
    keeper.membersChanged().catch((error: unknown) => log.error("breaker.members-not-told", { error }));
  }
}
export type Breaker = Awaited<ReturnType<typeof createBreaker>>;
