import { createHash } from "node:crypto";
import type { Day, DayAct } from "../../../demo/rehearsal/day.ts";
import { instantOf } from "../../../demo/rehearsal/player.ts";
import type { BreakerHouse } from "./breaker.ts";
import { openDoor, type Verdict } from "./breaker-door.ts";

/** One verdict of a day: which event asked for it, and whether it asked again with the owner's approval. */
export interface Judged {
  event: number;
  again: boolean;
  act: string;
  tool: string;
  decision: Verdict["decision"];
  reason: Verdict["reason"];
  class: Verdict["class"];
}

/** Plays a day by judging alone: what is let through is reported done at once, no tool runs. The owner answers as the day says. */
export async function judgeDay({ owner, node }: BreakerHouse, day: Day, date = "2026-11-23"): Promise<Judged[]> {
  const door = await openDoor(owner(), node());
  const judged: Judged[] = [];
  const asked = new Map<string, { event: number; act: DayAct; approval: string }>();
  const spans = new Map<string, string>();
  const ask = async (event: number, { id, ...act }: DayAct, at: string, approval?: string) => {
    const verdict = await door.judge({ ...act, at, ...(approval === undefined ? {} : { approval }) });
    const { decision, reason } = verdict;
    judged.push({ event, again: approval !== undefined, act: verdict.act, tool: act.tool, decision, reason, class: verdict.class });
    if (verdict.approval !== null && id !== undefined && approval === undefined) asked.set(id, { event, act: { id, ...act }, approval: verdict.approval });
    if (decision === "allow" || decision === "notify") await door.outcome(verdict, "done", createHash("sha256").update(`${event}`).digest("hex"), at);
  };
  for (const [index, event] of day.events.entries()) {
    const at = instantOf(date, event.atMs, day.zone);
    switch (event.do) {
      case "act":
        await ask(index, event.act, at);
        break;
      case "inbound": {
        const { id, surface, source, text } = event.inbound;
        const [channel = "", address = ""] = source.split(/:(.*)/s);
        spans.set(id, await door.inbound(text, surface === "message" ? { channel, address } : null, at));
        break;
      }
      case "gone":
        await door.gone(
          event.ids.flatMap((id) => spans.get(id) ?? []),
          at,
        );
        break;
      case "owner": {
        const waits = asked.get(event.of);
        const one = (await owner().ask((client) => client.breaker.approvals.list())).waiting.find((each) => each.id === waits?.approval);
        if (waits === undefined || one === undefined) break;
        asked.delete(event.of);
        const typed = one.needs === "ask-console" ? { typed: one.hash.slice(0, 4) } : {};
        await owner().ask((client) => client.breaker.approvals.decide({ items: [{ id: one.id, hash: one.hash }], answer: event.answer, ...typed }));
        if (event.answer === "approve") await ask(waits.event, waits.act, at, one.id);
        break;
      }
    }
  }
  return judged;
}
