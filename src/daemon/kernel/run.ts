import { existsSync, readFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Pulse } from "../../contract/rack.ts";
import type { Clock } from "./clock.ts";
import type { Ids } from "./ids.ts";
import { writeWhole } from "./files.ts";

const schema = z.object({ startedAt: z.number(), ended: z.boolean() });

/** Notes each run of the daemon, so that the next one can say why it had to start: by plan, after a crash, after the power went. */
export function openRun(stateDir: string, { clock, ids }: { clock: Clock; ids: Ids }): { bootId: string; lastRestart: Pulse["lastRestart"]; end(): void } {
  const path = join(stateDir, "run.json");
  const now = clock.now();
  const save = (ended: boolean) => writeWhole(path, JSON.stringify({ startedAt: now, ended }));
  const cause = causeOf(path, now);
  save(false);
  return { bootId: ids.id(), lastRestart: { cause, at: now }, end: () => save(true) };
}

function causeOf(path: string, now: number): Pulse["lastRestart"]["cause"] {
  if (!existsSync(path)) return "first-start";
  let previous: z.infer<typeof schema>;
  try {
    previous = schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return "unknown";
  }
  if (previous.ended) return "planned";
  return now - uptime() * 1000 > previous.startedAt ? "power" : "crash";
}
