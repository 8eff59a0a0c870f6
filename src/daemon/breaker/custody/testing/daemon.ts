import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { createClock } from "../../../kernel/clock.ts";
import { createIds } from "../../../kernel/ids.ts";
import { silentLog } from "../../../kernel/log.ts";
import { detectCapabilities } from "../capabilities.ts";
import { createCustody, custodyInstance } from "../custody.ts";
import { nothingConfined } from "../domain/capabilities.ts";
import { createProcesses } from "../processes.ts";
import { sweepLeftovers } from "../leftovers.ts";
import { connectReaper } from "./reaper-channel.ts";
import { memoryFence } from "./bench.ts";
import { hostile } from "./hostile.ts";

// A daemon that does nothing but hold tools, to be killed. Arguments: state folder, way (sweep or all), kinds of tools.
const [stateDir = "", way = "", ...kinds] = process.argv.slice(2);
// The clock's timers keep nobody alive.
setInterval(() => 1, 1000);
const clock = createClock();
const instance = custodyInstance(stateDir);
const capabilities = way === "sweep" ? nothingConfined("namespaces-refused") : await detectCapabilities({ instance, log: silentLog });
const swept = await sweepLeftovers({
  instance,
  capabilities,
  processes: createProcesses(),
  clock,
  onError: (error) => process.stderr.write(`${String(error)}\n`),
});
const keeper = connectReaper(new Worker(new URL("./keeper.ts", import.meta.url)), { clock });
const custody = createCustody({
  fence: memoryFence(),
  keeper,
  ids: createIds(),
  clock,
  log: silentLog,
  capabilities,
  stateDir,
  instance,
  hidden: [],
  doors: null,
  fillSecrets: async ({ env, stdin }) => ({ env, stdin }),
  base: { path: "/usr/local/bin:/usr/bin:/bin", lang: "C.UTF-8" },
});
const outs: string[] = [];
for (const [kind, script] of Object.entries(hostile)) {
  if (!kinds.includes(kind)) continue;
  const out = join(custody.home("agent"), `${kind}.log`);
  outs.push(out);
  await custody.spawn(
    {
      epoch: 1,
      command: "sh",
      args: ["-c", script],
      cwd: null,
      env: { OUT: out },
      network: "none",
      act: kind,
      agent: "agent",
      limits: { ms: 600_000, outputBytes: 1000 },
    },
    new AbortController().signal,
  );
}
process.stdout.write(`${JSON.stringify({ outs, swept, guardian: custody.guardian() })}\n`);
