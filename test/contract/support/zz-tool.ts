import { startBreakerHouse } from "./breaker.ts";
import { openDoor } from "./breaker-door.ts";
import { writeFileSync, chmodSync, readFileSync } from "node:fs";
const h = await startBreakerHouse("tool");
try { await h.setLevel(3); await h.run();
 writeFileSync(h.dir+"/t","#!/bin/sh\ncat\n",{mode:0o755}); chmodSync(h.dir,0o755);
 const d=await openDoor(h.owner(),h.node(),{"fs.list":{command:h.dir+"/t",args:[],network:"none"}});
 console.log(await d.act({tool:"fs.list",args:{path:"."},cwd:h.workspace}));
 console.log(readFileSync(h.stateDir+"/log/aosd.log","utf8").split("\n").filter(l=>/act\./.test(l)).join("\n"));
} finally { await h.end(); }
