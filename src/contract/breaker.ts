import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { procedure } from "./procedure.ts";
import { duration, instant, nodeId, unknown } from "./values.ts";

const actId = z.string().min(1).max(64);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const params = z.record(z.string(), z.union([z.string(), z.number()]));
const json = z.json();

// -- Latch ------------------------------------------------------------------------------------------------------

/** run: agents may act. stopped: latched, a person must reset. ready: reset, nothing runs until a person starts. */
export const latchStates = ["run", "stopped", "ready"] as const;
export const latchState = z.enum(latchStates);
export type LatchState = z.infer<typeof latchState>;

export const tripCauses = ["boot", "person", "kiosk", "button", "button-silent", "panic", "lost-lease", "low-battery", "unreadable", "tamper"] as const;
export const tripCause = z.enum(tripCauses);
export type TripCause = z.infer<typeof tripCause>;

export const tripVias = ["ipc", "ws", "http", "cli", "peer", "button", "self"] as const;

/** One thing that must hold before a reset, each with its own fix. */
export const resetCheck = z.object({
  code: z.enum(["button-released", "on-disk", "node-acknowledged", "outcome-known", "log-whole"]),
  ok: z.boolean(),
  nodeId: nodeId.nullable(),
  act: actId.nullable(),
  why: z.enum(["held", "silent", "not-heard", "writing", "disk-failed", "no-answer", "still-closing", "unknown-outcome", "damaged", "none"]),
  ageMs: duration.nullable(),
  params,
});
export type ResetCheck = z.infer<typeof resetCheck>;

const processes = z.object({ alive: z.number().int(), killed: z.number().int(), tookMs: duration.nullable() });

/** A node's own word on the stop. unconfirmed: it hasn't answered; held: waits for the next start; excluded: taken out by a person. */
export const nodeLatch = z.object({
  nodeId,
  name: z.string(),
  state: z.enum(["open", "closed", "unconfirmed", "held", "excluded"]),
  epoch: z.number().int().nullable(),
  ackAgeMs: duration.nullable(),
  /** From hearing of the stop to the closed gate, on that node. */
  closeTookMs: z.union([duration, unknown]),
  processes: z.union([processes, unknown]),
  onDisk: z.union([z.boolean(), unknown]),
  cause: tripCause.nullable(),
});
export type NodeLatch = z.infer<typeof nodeLatch>;

export const buttonView = z.object({
  state: z.enum(["none", "run", "stop", "unknown"]),
  reason: z.enum(["none", "released", "pressed", "held", "fault", "silent", "bad-mac", "replayed", "unplugged", "no-hello", "garbage"]),
  ageMs: duration.nullable(),
  simulated: z.boolean(),
});
export type ButtonView = z.infer<typeof buttonView>;

// -- Gate -------------------------------------------------------------------------------------------------------

/** Classes of acts, in the order in which they are shown. Their words are in the locales. */
export const actionClasses = ["1", "1b", "2", "3", "4", "5a", "5b", "6", "7a", "7b", "8a", "8b", "9", "10", "11", "12"] as const;
export const actionClass = z.enum(actionClasses);
export type ActionClass = z.infer<typeof actionClass>;

export const levels = [1, 2, 3, 4, 5] as const;
export const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);
export type Level = z.infer<typeof level>;

/** ask-console: approval typed in the console. From most to least permissive; the order is meant. */
export const decisions = ["allow", "notify", "ask", "ask-console", "deny"] as const;
export const decision = z.enum(decisions);
export type Decision = z.infer<typeof decision>;

/** The rule that settled a verdict. */
export const gateReasons = [
  "matrix",
  "within-limits",
  "granted",
  "approved",
  "owner-alert",
  "latched",
  "starting",
  "injection-high",
  "injection-medium",
  "secret",
  "taint",
  "taint-egress",
  "panic",
  "throttled",
  "repeated-call",
  "tool-open",
  "spent",
  "urgency",
  "unknown-tool",
  "unparsable-command",
  "over-cap",
  "over-parent",
  "licence",
  "no-isolation",
  "host-not-listed",
  "approval-mismatch",
  "approval-used",
  "approval-expired",
  "approval-denied",
  "stale-epoch",
  "log-failed",
  "policy-unreadable",
  "clock-unreadable",
  "filter-failed",
  "timed-out",
  "bad-request",
  "internal",
] as const;
export const gateReason = z.enum(gateReasons);
export type GateReason = z.infer<typeof gateReason>;

export const injectionBand = z.enum(["none", "medium", "high"]);
export const panicBands = ["calm", "alert", "stressed", "panic"] as const;
export const panicBand = z.enum(panicBands);
export type PanicBand = z.infer<typeof panicBand>;

export const panicSignals = ["burst", "rate", "same-text", "same-call", "ping-pong", "failures", "security-blocks", "spend"] as const;
export const panicSignal = z.object({
  code: z.enum(panicSignals),
  value: z.number(),
  /** Where it acts at the present level. */
  limit: z.number(),
  unit: z.enum(["count", "z", "percent"]),
});
export type PanicSignal = z.infer<typeof panicSignal>;

export const secretFinding = z.object({
  kind: z.string().max(64),
  start: z.number().int(),
  end: z.number().int(),
  /** Redacted: never the secret. */
  preview: z.string().max(80),
});

/** The real payload of an act, as it would be carried out. */
export const gateRequest = z.object({
  tool: z.string().min(1).max(128),
  args: z.record(z.string(), json),
  cwd: z.string().max(4096).optional(),
  agent: z.string().min(1).max(64).default("main"),
  /** The agent that started this one: a child never exceeds its parent. */
  parent: z.string().min(1).max(64).optional(),
  task: z.string().min(1).max(64).optional(),
  /** live: somebody waits (5 minutes). draft: prepared ahead (24 h) and judged again when it is carried out. */
  mode: z.enum(["live", "draft"]).default("live"),
  /** An approval to use up. */
  approval: z.string().max(64).optional(),
});
export type GateRequest = z.infer<typeof gateRequest>;

export const gateAnswer = z.object({
  act: actId,
  decision,
  class: actionClass,
  reason: gateReason,
  params,
  injection: z.object({ band: injectionBand, score: z.number() }),
  secrets: z.array(secretFinding),
  panic: panicBand,
  tainted: z.boolean(),
  /** Side effects carry it; a result of an older one is discarded. */
  epoch: z.number().int(),
  approval: z.string().nullable(),
});
export type GateAnswer = z.infer<typeof gateAnswer>;

// -- The view that every screen has -----------------------------------------------------------------------------

export const breakerView = z.object({
  at: instant,
  state: latchState,
  epoch: z.number().int(),
  cause: tripCause.nullable(),
  by: z.string().nullable(),
  via: z.enum(tripVias).nullable(),
  reason: z.string().nullable(),
  since: instant.nullable(),
  forMs: duration.nullable(),
  also: z.array(z.object({ cause: tripCause, by: z.string().nullable(), at: instant })),
  onDisk: z.boolean(),
  checks: z.array(resetCheck),
  mayReset: z.boolean(),
  mayStart: z.boolean(),
  nodes: z.array(nodeLatch),
  button: buttonView,
  /** What a stop cut short: tasks by name with how far they were. */
  interrupted: z.array(z.object({ agent: z.string(), tool: z.string(), act: actId, state: z.enum(["stopped", "unknown"]) })),
  panic: z.object({ band: panicBand, signals: z.array(panicSignal) }),
  level,
  pending: z.number().int(),
  unknownOutcomes: z.number().int(),
  log: z.enum(["whole", "damaged", "unknown"]),
  contacts: z.array(z.object({ name: z.string(), phone: z.string() })),
});
export type BreakerView = z.infer<typeof breakerView>;

// -- Autonomy ---------------------------------------------------------------------------------------------------

/** A cell as printed: what the level allows, and under which limit if any. */
export const cell = z.object({ decision, within: z.enum(["declared-paths", "caps", "spend-cap", "get-only"]).nullable() });
export type Cell = z.infer<typeof cell>;
export const matrixRow = z.object({ class: actionClass, cells: z.array(cell).length(5) });
export type MatrixRow = z.infer<typeof matrixRow>;

export const sensitivity = z.object({ mediumInjection: decision, panicScale: z.number() });
export const gateLimits = z.object({
  spendCap: z.number().nonnegative(),
  currency: z.string().length(3),
  bulkCap: z.number().int().nonnegative(),
  declaredPaths: z.array(z.string().max(4096)).max(64),
  tokenCap: z.number().int().nonnegative().nullable(),
});
export type GateLimits = z.infer<typeof gateLimits>;

export const autonomyView = z.object({
  level,
  /** Highest level of the licence; a higher one is refused with the reason. */
  maxLevel: level,
  plan: z.string(),
  licenceProblem: z.string().nullable(),
  matrix: z.array(matrixRow),
  sensitivity: z.array(sensitivity).length(5),
  limits: gateLimits,
  /** Classes that lose one level while untrusted text is in the context. */
  tainted: z.array(actionClass),
  isolation: z.enum(["netns", "sandbox-exec", "none"]),
});
export type AutonomyView = z.infer<typeof autonomyView>;

export const replayLine = z.object({
  act: actId,
  at: instant,
  agent: z.string(),
  tool: z.string(),
  class: actionClass,
  title: z.object({ code: z.string(), params }),
  recorded: decision,
  recordedReason: gateReason,
  replayed: decision,
  replayedReason: gateReason,
});
export type ReplayLine = z.infer<typeof replayLine>;

export const replayResult = z.object({
  level,
  days: z.number().int(),
  from: instant.nullable(),
  acts: z.number().int(),
  /** Acts that were judged otherwise. */
  differences: z.number().int(),
  /** Would have gone out without asking. */
  unasked: z.number().int(),
  /** Would have been asked or denied. */
  held: z.number().int(),
  /** First act at which the level would have ended in a stop, where the record did not. */
  stopsAt: instant.nullable(),
  lines: z.array(replayLine),
});
export type ReplayResult = z.infer<typeof replayResult>;

export const levelPreview = z.object({
  from: level,
  to: level,
  allowed: z.boolean(),
  cells: z.array(z.object({ class: actionClass, from: cell, to: cell })),
  sensitivity: z.object({ from: sensitivity, to: sensitivity }),
  pending: z.array(
    z.object({ id: z.string(), class: actionClass, title: z.object({ code: z.string(), params }), before: decision, after: decision, reason: gateReason }),
  ),
  replay: replayResult,
});
export type LevelPreview = z.infer<typeof levelPreview>;

// -- Approvals --------------------------------------------------------------------------------------------------

export const approvalStates = ["waiting", "approved", "denied", "expired", "used", "void"] as const;
export const approval = z.object({
  id: z.string(),
  act: actId,
  state: z.enum(approvalStates),
  mode: z.enum(["live", "draft"]),
  needs: z.enum(["ask", "ask-console"]),
  class: actionClass,
  agent: z.string(),
  tool: z.string(),
  nodeId,
  title: z.object({ code: z.string(), params }),
  /** Exactly what would be carried out. Null once its key was erased. */
  payload: json.nullable(),
  /** What a reader should see first of the payload: the text that would go out, the command, the file. */
  body: z.string().nullable(),
  reach: z.object({
    recipients: z.array(z.string()),
    count: z.number().int(),
    hosts: z.array(z.string()),
    amount: z.number().nullable(),
    currency: z.string().nullable(),
    known: z.boolean(),
  }),
  reason: gateReason,
  params,
  level,
  checks: z.object({ injection: injectionBand, secrets: z.number().int(), panic: panicBand, tainted: z.boolean() }),
  hash,
  cwd: z.string().nullable(),
  binary: z.string().nullable(),
  askedAt: instant,
  expiresInMs: duration.nullable(),
  lastsMs: duration,
  decidedAt: instant.nullable(),
  decidedBy: z.string().nullable(),
  note: z.string().nullable(),
  /** The narrow grant that could be given instead of asking each time; null where none is offered. */
  grant: z.object({ scope: z.enum(["recipient", "host"]), value: z.string() }).nullable(),
});
export type Approval = z.infer<typeof approval>;

export const grant = z.object({
  id: z.string(),
  scope: z.enum(["recipient", "host"]),
  value: z.string(),
  class: actionClass,
  tool: z.string(),
  by: z.string(),
  at: instant,
  used: z.number().int(),
});
export type Grant = z.infer<typeof grant>;

export const approvalsView = z.object({
  waiting: z.array(approval),
  decided: z.array(approval),
  grants: z.array(grant),
  /** Several approvals under a second in a row: the person may not be reading. */
  hasty: z.boolean(),
});
export type ApprovalsView = z.infer<typeof approvalsView>;

// -- Activity ---------------------------------------------------------------------------------------------------

export const outcomes = ["done", "failed", "stopped", "discarded", "unknown", "waiting", "not-done", "expired", "denied"] as const;
export const entryKinds = ["act", "inbound", "decision", "latch", "setting", "secret", "grant", "log"] as const;
/** One act with what became of it: the rows of the log that belong together. */
export const activityEntry = z.object({
  seq: z.number().int(),
  lastSeq: z.number().int(),
  at: instant,
  nodeId,
  kind: z.enum(entryKinds),
  act: actId.nullable(),
  actor: z.string(),
  via: z.string(),
  class: actionClass.nullable(),
  title: z.object({ code: z.string(), params }),
  decision: decision.nullable(),
  reason: gateReason.nullable(),
  outcome: z.enum(outcomes).nullable(),
});
export type ActivityEntry = z.infer<typeof activityEntry>;

export const logRow = z.object({
  seq: z.number().int(),
  at: instant,
  kind: z.string(),
  actor: z.string(),
  via: z.string(),
  decision: z.string().nullable(),
  reason: z.string().nullable(),
  params,
  payload: json.nullable(),
  erased: z.boolean(),
  hash,
  prev: hash,
});
export type LogRow = z.infer<typeof logRow>;

export const checkpoint = z.object({ logId: z.string(), size: z.number().int(), root: hash, at: instant, publicKey: z.string(), signature: z.string() });
export type Checkpoint = z.infer<typeof checkpoint>;

export const logProblem = z.enum(["flipped", "deleted", "inserted", "reordered", "truncated", "rolled-back", "rebuilt", "checkpoint", "payload", "unreadable"]);

const badRow = z.object({ seq: z.number().int(), kind: logProblem });

export const logCheck = z.object({ ok: z.boolean(), rows: z.number().int(), at: instant, bad: badRow.nullable() });
export type LogCheck = z.infer<typeof logCheck>;

export const activityFilter = z.object({
  text: z.string().max(200).optional(),
  from: instant.optional(),
  to: instant.optional(),
  actor: z.string().max(64).optional(),
  decision: decision.optional(),
  outcome: z.enum(outcomes).optional(),
  kind: z.enum(entryKinds).optional(),
  /** The rows of one act: how a line of a replay opens its record. */
  act: actId.optional(),
});
export type ActivityFilter = z.infer<typeof activityFilter>;

// -- Vault, egress, runtimes, button ----------------------------------------------------------------------------

export const handle = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/);
export const host = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/);
export const secretView = z.object({ handle, hosts: z.array(host), note: z.string(), at: instant, usedAt: instant.nullable() });
export type SecretView = z.infer<typeof secretView>;

export const egressRow = z.object({
  id: z.string(),
  at: instant,
  host: z.string(),
  port: z.number().int(),
  class: z.enum(["8a", "8b"]),
  agent: z.string(),
  act: actId.nullable(),
  approvedBy: z.string(),
  bytesOut: z.union([z.number().int(), unknown]),
  bytesIn: z.union([z.number().int(), unknown]),
  /** SHA-256 of exactly the bytes that the far server received; null while open or unknown. */
  hash: hash.nullable(),
  outcome: z.enum(["open", "done", "cut", "refused", "failed", "unknown"]),
});
export const egressView = z.object({
  mode: z.enum(["isolated", "hybrid"]),
  hosts: z.array(z.object({ host, by: z.string(), at: instant })),
  rows: z.array(egressRow),
  bytesOut: z.number().int(),
});
export type EgressView = z.infer<typeof egressView>;

export const runtimeView = z.object({
  id: z.string(),
  name: z.string(),
  at: instant,
  seenAgeMs: duration.nullable(),
  tools: z.array(z.string()),
  rehearsal: z.boolean(),
});
export type RuntimeView = z.infer<typeof runtimeView>;
const runtimeTool = z.object({ command: z.string().max(4096), args: z.array(z.string().max(4096)).max(64), network: z.enum(["none", "proxy"]) });

export const buttonSource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("serial"), path: z.string().min(1).max(255) }),
  z.object({
    kind: z.literal("udp"),
    path: z.string().min(1).max(255),
    /** IPv4 address of this machine on the button's network. */ host: z.ipv4(),
    port: z.number().int().min(0).max(65_535),
  }),
]);

const anyoneIn = ["kiosk", "support", "installer"] as const;
/** The epoch that the person was looking at; when something stopped meanwhile, the command is refused. */
const looked = z.object({ epoch: z.number().int().optional() }).optional();
const whole = z.object({ ok: z.literal(true) });
const days = z.number().int().min(1).max(90);

export const breaker = {
  /** The state of the stop, for every screen. A kiosk reads this and nothing else. */
  state: procedure("viewer", { also: anyoneIn }).route({ method: "GET", path: "/breaker" }).output(breakerView),
  /** The same at each change, and at least once a second. */
  watch: procedure("viewer", { also: anyoneIn }).route({ method: "GET", path: "/breaker/events" }).output(eventIterator(breakerView)),
  trip: procedure("viewer", { also: anyoneIn })
    .route({ method: "POST", path: "/breaker/trip" })
    .input(z.object({ reason: z.string().trim().max(500).optional() }))
    .output(breakerView),
  /** Stops the aosd that was called by itself: works without the main node, which hears of it. */
  tripHere: procedure("viewer", { also: anyoneIn, scope: "here" })
    .route({ method: "POST", path: "/breaker/trip-here" })
    .input(z.object({ reason: z.string().trim().max(500).optional() }))
    .output(z.object({ closed: z.literal(true), onDisk: z.boolean() })),
  /** Adds why, afterwards. */
  note: procedure("operator", { faults: ["breaker.not-stopped"] })
    .route({ method: "POST", path: "/breaker/note" })
    .input(z.object({ reason: z.string().trim().min(1).max(500) }))
    .output(breakerView),
  reset: procedure("owner", { faults: ["breaker.not-stopped", "breaker.reset-blocked", "breaker.moved-on", "breaker.not-main"] })
    .route({ method: "POST", path: "/breaker/reset" })
    .input(looked)
    .output(breakerView),
  start: procedure("owner", { faults: ["breaker.not-ready", "breaker.log-damaged", "breaker.moved-on", "breaker.not-main", "breaker.not-on-disk"] })
    .route({ method: "POST", path: "/breaker/start" })
    .input(looked)
    .output(breakerView),
  /** Goes on without a node that doesn't answer; it gets no lease until a later start finds it. */
  exclude: procedure("owner", { faults: ["rack.node-not-found", "breaker.node-answers"] })
    .route({ method: "POST", path: "/breaker/exclude" })
    .input(z.object({ nodeId }))
    .output(breakerView),
  /** A person has looked: what became of an act whose end nobody wrote down. */
  settle: procedure("operator", { faults: ["breaker.not-found"] })
    .route({ method: "POST", path: "/breaker/settle" })
    .input(z.object({ act: actId, outcome: z.enum(["done", "not-done"]), note: z.string().trim().max(500).optional() }))
    .output(whole),
  contacts: procedure("owner")
    .route({ method: "POST", path: "/breaker/contacts" })
    .input(z.object({ contacts: z.array(z.object({ name: z.string().trim().min(1).max(60), phone: z.string().trim().min(3).max(40) })).max(4) }))
    .output(breakerView),

  button: {
    ports: procedure("owner", { also: ["installer"] })
      .route({ method: "GET", path: "/breaker/button/ports" })
      .output(z.object({ ports: z.array(z.object({ path: z.string(), maker: z.string().nullable() })) })),
    /** The button must be held pressed meanwhile. From then on its silence is a stop. */
    enrol: procedure("owner", { also: ["installer"], faults: ["breaker.button-not-found", "breaker.button-not-held"] })
      .route({ method: "POST", path: "/breaker/button/enrol" })
      .input(z.object({ source: buttonSource }))
      .output(buttonView),
    /** Only while stopped: without a button the main node renews RUN itself. */
    forget: procedure("owner", { faults: ["breaker.not-stopped"] })
      .route({ method: "POST", path: "/breaker/button/forget" })
      .output(buttonView),
  },

  autonomy: {
    get: procedure("viewer").route({ method: "GET", path: "/breaker/autonomy" }).output(autonomyView),
    /** Raising is the owner's; lowering may be done by an operator. */
    set: procedure("operator", { faults: ["breaker.owner-only", "breaker.licence"] })
      .route({ method: "POST", path: "/breaker/autonomy" })
      .input(z.object({ level }))
      .output(autonomyView),
    limits: procedure("owner").route({ method: "POST", path: "/breaker/autonomy/limits" }).input(gateLimits.partial()).output(autonomyView),
    preview: procedure("viewer")
      .route({ method: "GET", path: "/breaker/autonomy/preview" })
      .input(z.object({ level: z.coerce.number().pipe(level), days: z.coerce.number().pipe(days).default(7) }))
      .output(levelPreview),
    replay: procedure("viewer")
      .route({ method: "GET", path: "/breaker/autonomy/replay" })
      .input(z.object({ level: z.coerce.number().pipe(level), days: z.coerce.number().pipe(days).default(7), allowHosts: z.array(host).max(32).optional() }))
      .output(replayResult),
  },

  approvals: {
    list: procedure("viewer").route({ method: "GET", path: "/breaker/approvals" }).output(approvalsView),
    get: procedure("viewer", { faults: ["breaker.not-found"] })
      .route({ method: "GET", path: "/breaker/approvals/{id}" })
      .input(z.object({ id: z.string().max(64) }))
      .output(approval),
    /** `typed` is what the person typed for an approval that has to be typed: the word that the screen showed. */
    decide: procedure("operator", {
      faults: [
        "breaker.not-found",
        "breaker.approval-over",
        "breaker.approval-changed",
        "breaker.approval-typed",
        "breaker.owner-only",
        "breaker.latched",
        "rack.node-unreachable",
      ],
    })
      .route({ method: "POST", path: "/breaker/approvals/decide" })
      .input(
        z.object({
          items: z
            .array(z.object({ id: z.string().max(64), hash }))
            .min(1)
            .max(50),
          answer: z.enum(["approve", "deny"]),
          typed: z.string().max(100).optional(),
          note: z.string().trim().max(500).optional(),
          /** Also give the narrow grant that the approval offers. */
          always: z.boolean().default(false),
        }),
      )
      .output(approvalsView),
    revoke: procedure("operator", { faults: ["breaker.not-found"] })
      .route({ method: "POST", path: "/breaker/approvals/revoke" })
      .input(z.object({ grantId: z.string().max(64) }))
      .output(approvalsView),
  },

  activity: {
    list: procedure("viewer")
      .route({ method: "POST", path: "/breaker/activity" })
      .input(z.object({ filter: activityFilter.default({}), before: z.number().int().optional(), limit: z.number().int().min(1).max(200).default(50) }))
      .output(
        z.object({
          entries: z.array(activityEntry),
          next: z.number().int().nullable(),
          counts: z.object({
            all: z.number().int(),
            allow: z.number().int(),
            notify: z.number().int(),
            ask: z.number().int(),
            deny: z.number().int(),
            unknown: z.number().int(),
          }),
          actors: z.array(z.string()),
          log: z.object({ rows: z.number().int(), check: logCheck.nullable() }),
        }),
      ),
    entry: procedure("viewer", { faults: ["breaker.not-found"] })
      .route({ method: "GET", path: "/breaker/activity/entry" })
      .input(z.object({ seq: z.coerce.number().int() }))
      .output(z.object({ entry: activityEntry, rows: z.array(logRow) })),
    verify: procedure("viewer").route({ method: "POST", path: "/breaker/activity/verify" }).output(logCheck),
    /** JSON lines of the rows in the range, in pieces. */
    export: procedure("owner")
      .route({ method: "POST", path: "/breaker/activity/export" })
      .input(z.object({ from: instant.optional(), to: instant.optional() }))
      .output(eventIterator(z.object({ lines: z.array(z.string()) }))),
    checkpoint: procedure("viewer").route({ method: "GET", path: "/breaker/activity/checkpoint" }).output(checkpoint.nullable()),
    /** RFC 9162 section 2.1.4: proof that the log of `from` rows is the start of the log of `to` rows. */
    consistency: procedure("viewer", { faults: ["breaker.not-found"] })
      .route({ method: "POST", path: "/breaker/activity/consistency" })
      .input(z.object({ from: z.number().int().min(0), to: z.number().int().min(0) }))
      .output(z.object({ proof: z.array(hash) })),
    /** Destroys the keys of the payloads; the rows and their hashes stay. */
    erase: procedure("owner", { faults: ["breaker.not-found"] })
      .route({ method: "POST", path: "/breaker/activity/erase" })
      .input(z.object({ seqs: z.array(z.number().int()).min(1).max(1000) }))
      .output(z.object({ erased: z.number().int() })),
    /** Puts a damaged log aside and starts a new one that names it. */
    seal: procedure("owner", { faults: ["breaker.log-whole"] })
      .route({ method: "POST", path: "/breaker/activity/seal" })
      .output(logCheck),
  },

  secrets: {
    list: procedure("owner")
      .route({ method: "GET", path: "/breaker/secrets" })
      .output(z.object({ state: z.enum(["open", "locked"]), problem: z.string().nullable(), secrets: z.array(secretView) })),
    set: procedure("owner", { faults: ["breaker.vault-locked"] })
      .route({ method: "POST", path: "/breaker/secrets" })
      .input(z.object({ handle, value: z.string().min(1).max(65_536), hosts: z.array(host).max(32), note: z.string().trim().max(200).default("") }))
      .output(secretView),
    remove: procedure("owner", { faults: ["breaker.not-found", "breaker.vault-locked"] })
      .route({ method: "POST", path: "/breaker/secrets/remove" })
      .input(z.object({ handle }))
      .output(whole),
  },

  egress: {
    view: procedure("viewer")
      .route({ method: "GET", path: "/breaker/egress" })
      .input(z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }))
      .output(egressView),
    mode: procedure("owner")
      .route({ method: "POST", path: "/breaker/egress/mode" })
      .input(z.object({ mode: z.enum(["isolated", "hybrid"]) }))
      .output(egressView),
    allow: procedure("owner").route({ method: "POST", path: "/breaker/egress/allow" }).input(z.object({ host })).output(egressView),
    disallow: procedure("operator", { faults: ["breaker.not-found"] })
      .route({ method: "POST", path: "/breaker/egress/disallow" })
      .input(z.object({ host }))
      .output(egressView),
  },

  runtimes: {
    list: procedure("owner")
      .route({ method: "GET", path: "/breaker/runtimes" })
      .output(z.object({ runtimes: z.array(runtimeView) })),
    /** The token is shown once. Answered by the aosd that the runtime runs beside: an owner, or whoever runs that machine at its own terminal. */
    add: procedure("operator", { scope: "here", faults: ["access.local-only"] })
      .route({ method: "POST", path: "/breaker/runtimes" })
      .input(
        z.object({
          name: z.string().trim().min(1).max(60),
          tools: z.record(z.string().max(128), runtimeTool).default({}),
          rehearsal: z.boolean().default(false),
        }),
      )
      .output(z.object({ runtime: runtimeView, token: z.string() })),
    remove: procedure("operator", { scope: "here", faults: ["breaker.not-found", "access.local-only"] })
      .route({ method: "POST", path: "/breaker/runtimes/remove" })
      .input(z.object({ id: z.string().max(64) }))
      .output(whole),
  },

  /** Between nodes, over mTLS only. */
  peer: {
    /** The key and port of the member's lease keeper; a new key each time. */
    lease: procedure("node", { scope: "here" })
      .route({ method: "POST", path: "/breaker/peer/lease" })
      .output(z.object({ port: z.number().int(), key: z.string(), session: z.string() })),
    /** What main tells its members: level, grants, limits, hosts, decided approvals. A stale member denies. */
    policy: procedure("node", { scope: "here" })
      .route({ method: "POST", path: "/breaker/peer/policy" })
      .input(z.object({ version: z.number().int(), policy: json }))
      .output(z.object({ version: z.number().int() })),
    /** What a member wants main to know: approvals that it asks for. */
    asks: procedure("node", { scope: "here" })
      .route({ method: "GET", path: "/breaker/peer/asks" })
      .output(eventIterator(z.object({ asks: z.array(approval), band: panicBand }))),
    decided: procedure("node", { scope: "here" })
      .route({ method: "POST", path: "/breaker/peer/decided" })
      .input(z.object({ id: z.string().max(64), answer: z.enum(["approve", "deny"]), by: z.string(), note: z.string().nullable() }))
      .output(whole),
    /** Rows of this node's log after `after`, for the copy on the storage node. */
    rows: procedure("node", { scope: "here" })
      .route({ method: "GET", path: "/breaker/peer/rows" })
      .input(z.object({ after: z.number().int(), limit: z.number().int().min(1).max(500) }))
      .output(z.object({ logId: z.string(), rows: z.array(json), checkpoints: z.array(checkpoint) })),
    /** Keeps another node's rows; answers how far it has them. */
    keep: procedure("node", { scope: "here", faults: ["breaker.log-rebuilt"] })
      .route({ method: "POST", path: "/breaker/peer/keep" })
      .input(z.object({ nodeId, logId: z.string(), rows: z.array(json).max(500), checkpoints: z.array(checkpoint).max(64) }))
      .output(z.object({ upTo: z.number().int() })),
  },
};
