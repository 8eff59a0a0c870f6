import { startBreakerHouse } from "./breaker.ts";
import { judgeDay } from "./breaker-judging.ts";
import { readDay } from "../../../demo/rehearsal/day.ts";
const [name="shop-day", from="00:00:00"] = process.argv.slice(2);
const day = readDay(name,{from});
const runs = new Map<number, Awaited<ReturnType<typeof judgeDay>>>();
let reps: any = {};
for (const level of [3,1,2,4,5] as const) {
  const t=performance.now();
  const h = await startBreakerHouse("replay");
  try { await h.setLevel(level); await h.run(); runs.set(level, await judgeDay(h, day));
   if (level===3) for (const l of [1,2,3,4,5] as const) reps[l] = await h.owner().ask(c=>c.breaker.autonomy.replay({level:l,days:7}));
   const v=await h.owner().ask(c=>c.breaker.state());
   console.log(level, v.state, v.cause, v.reason, Math.round(performance.now()-t));
  } finally { await h.end(); }
}
const base = runs.get(3)!;
for (const level of [1,2,3,4,5]) {
  const rep = reps[level]; const real = runs.get(level)!;
  console.log("L"+level, "acts", rep.acts, "real", real.length, "differences", rep.differences, "stopsAt", rep.stopsAt && new Date(rep.stopsAt).toISOString());
  const of = new Map<string, any[]>();
  for (const l of rep.lines) of.set(l.act, [...(of.get(l.act)??[]), l]);
  const key=(j:any)=>`${j.event}${j.again?"+":""}`;
  const realBy = new Map(real.map(j=>[key(j), j]));
  let bad=0;
  for (const j of base) {
    const line = of.get(j.act)?.find(l=>l.recorded===j.decision && l.recordedReason===j.reason);
    const then = line ? [line.replayed, line.replayedReason, line.class].join(" ") : [j.decision,j.reason,j.class].join(" ");
    const r = realBy.get(key(j)); const now = r ? [r.decision,r.reason,r.class].join(" ") : "not asked";
    if (then!==now && bad++<12) console.log("  ", key(j), j.tool, "recorded", j.decision, j.reason, "| replayed", then, "| real", now);
    realBy.delete(key(j));
  }
  console.log("  mismatches", bad, "only in real", [...realBy.values()].map(j=>`${key(j)} ${j.tool} ${j.decision} ${j.reason}`).slice(0,12));
}
