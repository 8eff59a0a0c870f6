import type { Level } from "../../../../contract/breaker.ts";
import type { Json } from "./arguments.ts";
import { classify, type Classified, type Surroundings } from "./classify.ts";
import { simhash } from "./panic/same-text.ts";
import { isUrgent } from "./panic/urgency.ts";
import { newState, type GateState } from "./state.ts";
import { step } from "./step.ts";
import type { ActEvent, GateEvent, InboundEvent, Policy, StepResult } from "./types.ts";

export const runs = 1000;

export const around: Surroundings = {
  workspace: ["/srv/shop"],
  state: ["/var/lib/aos"],
  resolve: (path) => path,
  credentialHosts: (handle) => (handle === "shop" ? ["api.shop.example"] : null),
};

export const policyOf = (level: Level, but: Partial<Policy> = {}): Policy => ({
  level,
  maxLevel: 5,
  limits: { spendCap: 0, currency: "KRW", bulkCap: 0, declaredPaths: [], tokenCap: null },
  grants: [],
  hosts: ["shop.example"],
  known: ["kakao:kim"],
  egress: "hybrid",
  isolation: "netns",
  ...but,
});

let acts = 0;
/** Facts are plain values: a property that asks for the same act ten thousand times need not classify it as often. */
const classified = new Map<string, Pick<Classified, "facts" | "texts">>();
/** An act as the service would record it. */
export function actOf(tool: string, args: Record<string, Json>, but: Partial<ActEvent> = {}): ActEvent {
  const key = JSON.stringify([tool, args]);
  const { facts, texts } = classified.get(key) ?? classify({ tool, args, cwd: null }, around);
  classified.set(key, { facts, texts });
  const out = texts
    .filter((one) => one.where === "out")
    .map((one) => one.text)
    .join("\n");
  return {
    type: "act",
    act: `act-${++acts}`,
    mono: 1000,
    at: 1_763_900_000_000,
    epoch: 1,
    agent: "main",
    parent: null,
    task: null,
    mode: "live",
    facts,
    injection: { band: "none", score: 0 },
    secrets: [],
    urgent: isUrgent(out),
    call: `${tool} ${JSON.stringify(args)}`,
    simhash: facts.recipients.length > 0 ? simhash(typeof args["text"] === "string" ? args["text"] : "") : null,
    approval: null,
    failure: null,
    ...but,
  };
}

export const inboundOf = (but: Partial<InboundEvent> = {}): InboundEvent => ({
  type: "inbound",
  mono: 1000,
  at: 1_763_900_000_000,
  agent: "main",
  parent: null,
  task: null,
  span: "span-1",
  surface: "dm",
  source: null,
  untrusted: true,
  injection: { band: "none", score: 0 },
  urgent: false,
  failure: null,
  ...but,
});

export const policyEvent = (policy: Policy | null, mono = 1000): GateEvent => ({ type: "policy", mono, at: 0, policy });
export const runEvent = (mono = 1000, epoch = 1): GateEvent => ({ type: "latch", mono, at: 0, state: "run", epoch, own: false });

/** A gate that runs at a level. */
export function running(policy: Policy, mono = 1000): GateState {
  const state = newState();
  for (const event of [{ type: "boot", mono, at: 0, carry: { spent: [], tokens: [] } } satisfies GateEvent, policyEvent(policy, mono), runEvent(mono)])
    step(state, event);
  return state;
}

/** A gate in the hands of a test: its clock moves when told to. */
export function gateAt(policy: Policy) {
  const state = running(policy, 0);
  let mono = 0;
  const feed = (event: GateEvent): StepResult => step(state, { ...event, mono });
  return {
    state,
    pass(ms: number) {
      mono += ms;
    },
    mono: () => mono,
    feed,
    act(tool: string, args: Record<string, Json>, but: Partial<ActEvent> = {}) {
      const event = actOf(tool, args, { mono, epoch: state.epoch, ...but });
      return { event, ...feed(event) };
    },
    done(act: string, ok = true, result: string | null = "same", tokens = 0) {
      return feed({ type: "outcome", mono, at: 0, act, epoch: state.epoch, ok, result, tokens });
    },
  };
}
