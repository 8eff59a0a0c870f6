import { describe, expect, it } from "vitest";
import { gateAt, policyOf } from "./fake-events.ts";
import { createReplay } from "./replay.ts";
import type { GateEvent, Recorded } from "./types.ts";

const minute = 60_000;
const countOf = (gate: ReturnType<typeof gateAt>) => gate.state.panic.rates.get("8a")?.count ?? 0;

describe("a connection through the proxy", () => {
  it("is counted with the act that named its host, and anew when it is another one", () => {
    const gate = gateAt(policyOf(3, { hosts: ["shop.example", "other.example"] }));
    gate.pass(90 * minute);
    const { event } = gate.act("http.get", { url: "https://shop.example/new" });
    expect(countOf(gate)).toBe(1);
    const dial = (host: string, task: string = event.act) => gate.act("net.connect", { host, port: 443 }, { task });
    expect(dial("shop.example").verdict).toMatchObject({ decision: "allow", class: "8a" });
    expect(countOf(gate)).toBe(1);
    for (const [host, task, count] of [
      ["shop.example", event.act, 2],
      ["other.example", event.act, 3],
      ["shop.example", "no-such-act", 4],
    ] as const) {
      dial(host, task);
      expect(countOf(gate)).toBe(count);
    }
  });

  it("is judged as every other: a host that isn't listed is asked about or refused", () => {
    const gate = gateAt(policyOf(3, { egress: "isolated" }));
    const { event } = gate.act("http.get", { url: "http://shop.example/new" });
    expect(gate.act("net.connect", { host: "elsewhere.example", port: 80 }, { task: event.act }).verdict).toMatchObject({
      decision: "deny",
      reason: "host-not-listed",
    });
  });

  it("of an act that the other level would not have carried out is not replayed", () => {
    const gate = gateAt(policyOf(3));
    const recorded: Recorded[] = [{ event: { type: "boot", mono: 0, at: 0, carry: { spent: [], tokens: [] } }, verdict: null }];
    const note = (event: GateEvent, verdict: Recorded["verdict"] = null) => recorded.push({ event, verdict });
    note({ type: "policy", mono: 0, at: 0, policy: policyOf(3) });
    note({ type: "latch", mono: 0, at: 0, state: "run", epoch: 1, own: false });
    const fetched = gate.act("http.get", { url: "http://shop.example/new" });
    note(fetched.event, fetched.verdict);
    const dialled = gate.act("http.get", { url: "http://shop.example:80/" }, { task: fetched.event.act });
    note(dialled.event, dialled.verdict);
    const replayed = (level: 2 | 3) => {
      const run = createReplay({ level });
      for (const row of recorded) run.feed(row);
      return run.result(7);
    };
    expect(replayed(3)).toMatchObject({ acts: 2, differences: 0 });
    expect(replayed(2)).toMatchObject({ acts: 1, differences: 1, lines: [{ act: fetched.event.act, replayed: "ask" }] });
  });
});
