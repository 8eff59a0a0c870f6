import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";

const clockTime = z.string().regex(/^\d{2}:\d{2}:\d{2}$/);
const act = z.object({
  tool: z.string(),
  args: z.record(z.string(), z.json()),
  /** Name within the day, for the owner's answer. */
  id: z.string().optional(),
  agent: z.string().optional(),
  parent: z.string().optional(),
  task: z.string().optional(),
  mode: z.enum(["live", "draft"]).optional(),
});
const inbound = z.object({ id: z.string(), surface: z.enum(["message", "web", "file", "tool"]), source: z.string(), text: z.string() });
const answer = z.object({ approve: z.string() }).or(z.object({ deny: z.string() }));
const line = z.union([
  z.object({ at: clockTime, inbound }),
  z.object({ at: clockTime, gone: z.array(z.string()) }),
  z.object({ at: clockTime, owner: answer }),
  z.object({
    at: clockTime,
    act,
    every: z
      .string()
      .regex(/^\d+[smh]$/)
      .optional(),
    count: z.number().int().min(1).max(1000).optional(),
  }),
]);
const whole = z.object({ name: z.string(), starts: clockTime, zone: z.string(), events: z.array(line) });
/** A day that takes its beginning from another one, and goes on by itself. */
const grafted = z.object({ name: z.string(), base: z.string(), until: clockTime, adds: z.array(line) });

export type DayAct = z.infer<typeof act>;
export type DayEvent =
  | { atMs: number; do: "inbound"; inbound: z.infer<typeof inbound> }
  | { atMs: number; do: "gone"; ids: readonly string[] }
  | { atMs: number; do: "owner"; answer: "approve" | "deny"; of: string }
  | { atMs: number; do: "act"; act: DayAct };

/** Events only, in order; `atMs` counts from midnight where the shop is. */
export interface Day {
  name: string;
  zone: string;
  events: readonly DayEvent[];
}

const folder = new URL("./days/", import.meta.url);
const units = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** Names of the days that can be rehearsed. */
export const days = (): string[] => readdirSync(folder).flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -5)] : []));

export interface DayPart {
  /** Without what makes it an incident: only the ordinary hours before it. */
  plain?: boolean;
  /** Leaves out what happens before this time of day, `11:00:00`: a shorter rehearsal of the same day. */
  from?: string;
}

/** Reads a day, or a part of it. */
export function readDay(name: string, { plain = false, from = "00:00:00" }: DayPart = {}): Day {
  const after = (events: DayEvent[]) => events.filter((event) => event.atMs >= msOf(from));
  const read = (one: string): unknown => JSON.parse(readFileSync(new URL(`${one}.json`, folder), "utf8"));
  const json = read(name);
  const graft = grafted.safeParse(json);
  if (!graft.success) {
    const { zone, events } = whole.parse(json);
    return { name, zone, events: after(unrolled(events)) };
  }
  const base = whole.parse(read(graft.data.base));
  const until = msOf(graft.data.until);
  const before = unrolled(base.events).filter((event) => event.atMs < until);
  return { name, zone: base.zone, events: after(plain ? before : [...before, ...unrolled(graft.data.adds)]) };
}

function msOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(":").map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function unrolled(lines: readonly z.infer<typeof line>[]): DayEvent[] {
  const events = lines.flatMap((one): DayEvent[] => {
    const atMs = msOf(one.at);
    if ("inbound" in one) return [{ atMs, do: "inbound", inbound: one.inbound }];
    if ("gone" in one) return [{ atMs, do: "gone", ids: one.gone }];
    if ("owner" in one)
      return [
        "approve" in one.owner ? { atMs, do: "owner", answer: "approve", of: one.owner.approve } : { atMs, do: "owner", answer: "deny", of: one.owner.deny },
      ];
    const step = one.every === undefined ? 0 : Number(one.every.slice(0, -1)) * (units.get(one.every.slice(-1)) ?? 0);
    return Array.from({ length: one.count ?? 1 }, (_, index) => ({ atMs: atMs + index * step, do: "act", act: one.act }));
  });
  return events.toSorted((a, b) => a.atMs - b.atMs);
}
