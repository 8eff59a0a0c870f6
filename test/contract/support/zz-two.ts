import { startBreakerHouse } from "./breaker.ts";
import { playDay } from "../../../demo/rehearsal/player.ts";
import { readDay } from "../../../demo/rehearsal/day.ts";
import { readFileSync } from "node:fs";
const [name="forty-replies"] = process.argv.slice(2);
const h = await startBreakerHouse("try");
try {
await h.setLevel(3); await h.run();
const base = { date: "2026-11-23", owner: h.owner(), loopback: h.node().loopback, workspace: h.workspace, world: h.world, signal: new AbortController().signal};
for (const part of [{plain:true, from:"12:00:00"},{from:"13:30:00"}]) {
const r = await playDay({...base, day: readDay(name,part), say: (l)=>{ if(!l.includes("latched")) console.log(new Date().toISOString().slice(14,23), l)}});
console.log(JSON.stringify(r));
}
await new Promise(r=>setTimeout(r,500));
const v = await h.owner().ask(c=>c.breaker.state()); console.log(v.state, v.cause, v.reason, JSON.stringify(v.panic.signals.filter(s=>s.value)));
console.log(readFileSync(h.stateDir+"/log/aosd.log","utf8").split("\n").filter(l=>/gate|breaker|latch|error|warn/.test(l)&&!/tell-owner/.test(l)).slice(-15).join("\n"));
} finally { await h.end(); }
