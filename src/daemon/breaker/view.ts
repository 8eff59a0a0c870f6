import type { BreakerView, ButtonView, NodeLatch, ResetCheck } from "../../contract/breaker.ts";
import type { LatchView, NodeLatchView, ResetCheck as LatchCheck } from "./latch/domain/view.ts";

const known = <T>(value: T | "unknown"): T | null => (value === "unknown" ? null : value);

/** A node's own word on the stop, with its name. */
const nodeOf = (node: NodeLatchView, name: string): NodeLatch => ({
  nodeId: node.nodeId,
  name,
  state: node.state,
  epoch: known(node.epoch),
  ackAgeMs: known(node.ackAgeMs),
  closeTookMs: node.closeTookMs,
  processes: node.processes === "unknown" ? "unknown" : { alive: node.processes.alive, killed: node.processes.killed, tookMs: known(node.processes.tookMs) },
  onDisk: node.onDisk,
  cause: known(node.cause),
});

const buttonReasons = ["released", "pressed", "held", "fault", "silent", "bad-mac", "replayed", "unplugged", "no-hello", "garbage"] as const;

export function buttonOf({ state, reason, ageMs }: LatchView["button"], simulated: boolean): ButtonView {
  const why = buttonReasons.find((one) => one === reason) ?? (state === "run" ? "released" : "none");
  return { state, reason: state === "none" ? "none" : why, ageMs: known(ageMs), simulated };
}

/** One line for each thing that a reset waits for; lines that hold say so too. */
function checksOf(check: LatchCheck, button: LatchView["button"], nameOf: (nodeId: string) => string): ResetCheck[] {
  const line = { nodeId: null, act: null, ageMs: null, params: {} };
  switch (check.check) {
    case "button-released":
      return [
        {
          ...line,
          code: "button-released",
          ok: check.ok,
          why: check.ok ? "none" : button.state === "stop" ? "held" : button.state === "unknown" ? "not-heard" : "silent",
          ageMs: known(button.ageMs),
        },
      ];
    case "on-disk":
      return [{ ...line, code: "on-disk", ok: check.ok, why: check.ok ? "none" : check.why === "writing" || check.why === null ? "writing" : "disk-failed" }];
    case "nodes-acknowledged":
      if (check.ok) return [{ ...line, code: "node-acknowledged", ok: true, why: "none" }];
      return check.waiting.map(({ nodeId, ackAgeMs, mayExclude }) => ({
        ...line,
        code: "node-acknowledged",
        ok: false,
        nodeId,
        why: mayExclude ? "no-answer" : "still-closing",
        ageMs: known(ackAgeMs),
        params: { name: nameOf(nodeId) },
      }));
    case "outcomes-known":
      if (check.ok) return [{ ...line, code: "outcome-known", ok: true, why: "none" }];
      return check.blockers.map(({ id, title }) => ({ ...line, code: "outcome-known", ok: false, act: id, why: "unknown-outcome", params: { title } }));
  }
}

export interface ViewParts extends Pick<BreakerView, "at" | "interrupted" | "panic" | "level" | "pending" | "unknownOutcomes" | "log" | "contacts"> {
  latch: LatchView;
  simulatedButton: boolean;
  nameOf(nodeId: string): string;
}

/** What every screen has of the breaker: the latch with names, and what the other parts say of themselves. */
export function viewOfBreaker({ latch, simulatedButton, nameOf, ...rest }: ViewParts): BreakerView {
  const whole: ResetCheck = {
    code: "log-whole",
    ok: rest.log === "whole",
    nodeId: null,
    act: null,
    why: rest.log === "whole" ? "none" : "damaged",
    ageMs: null,
    params: {},
  };
  return {
    ...rest,
    state: latch.state,
    epoch: latch.epoch,
    cause: latch.state === "run" ? null : latch.cause,
    by: latch.state === "run" ? null : (latch.by?.name ?? null),
    via: latch.state === "run" ? null : latch.via,
    reason: latch.state === "run" ? null : latch.reason,
    since: latch.at,
    forMs: latch.forMs,
    also: latch.also.map(({ cause, by, at }) => ({ cause, by: by?.name ?? null, at })),
    onDisk: latch.onDisk,
    checks: [...latch.checks.flatMap((check) => checksOf(check, latch.button, nameOf)), whole],
    mayReset: latch.mayReset,
    mayStart: latch.mayStart && rest.log === "whole",
    nodes: latch.nodes.map((node) => nodeOf(node, nameOf(node.nodeId))),
    button: buttonOf(latch.button, simulatedButton),
  };
}
