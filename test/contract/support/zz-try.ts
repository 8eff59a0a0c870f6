import { startBreakerHouse } from "./breaker.ts";
import { playDay } from "../../../demo/rehearsal/player.ts";
import { readDay } from "../../../demo/rehearsal/day.ts";
const [name="shop-day", level="3", plain] = process.argv.slice(2);
const t0=performance.now();
const h = await startBreakerHouse("try");
try {
await h.setLevel(Number(level) as 3);
await h.run();
console.log("ready", performance.now()-t0);
const r = await playDay({ day: readDay(name,{plain: plain==="plain", from: process.argv[5] ?? '00:00:00'}), date: "2026-11-23", owner: h.owner(), loopback: h.node().loopback, workspace: h.workspace, world: h.world, signal: new AbortController().signal, say: (l)=>console.log(l)});
console.log(JSON.stringify(r), performance.now()-t0, "received", h.world.received.length);
const v=await h.owner().ask(c=>c.breaker.state()); console.log(JSON.stringify(v.panic), JSON.stringify(v.also));
const rep = await h.owner().ask(c=>c.breaker.autonomy.replay({level: Number(level) as 3, days: 7}));
console.log(JSON.stringify({...rep, lines: rep.lines.slice(0,10)}));
} finally { await h.end(); }

