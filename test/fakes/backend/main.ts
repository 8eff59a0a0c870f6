import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { personRole } from "../../../src/contract/access.ts";
import { defaults, readLatch, readScenario, type BackendOptions } from "./options.ts";
import { startBackend } from "./server.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    scenario: { type: "string", default: "normal" },
    nodes: { type: "string", default: "4" },
    as: { type: "string", default: "owner" },
    latch: { type: "string", default: "run" },
    standing: { type: "string", default: "rack" },
    "not-demo": { type: "boolean", default: false },
  },
});

const options: BackendOptions = {
  ...defaults,
  scenario: readScenario(values.scenario),
  latch: readLatch(values.latch),
  nodes: Number(values.nodes),
  as: values.as === "public" ? "public" : personRole.parse(values.as),
  standing: values.standing === "new" ? "new" : "rack",
  demo: !values["not-demo"],
  source: values["not-demo"] ? "nut" : "simulated",
};
const backend = await startBackend(options, fileURLToPath(new URL("../../../out/renderer", import.meta.url)), Number(values.port));
process.stdout.write(`${backend.url}\n`);
if (options.as === "public") {
  const window = backend.people.openWindow();
  process.stdout.write(`${backend.url}/#/enter?token=${backend.people.link("p1")}\n`);
  if (window.state === "open") process.stdout.write(`code ${window.code}\n`);
}
const stop = () => void backend.stop().then(() => process.exit(0));
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
