import { createInterface } from "node:readline";
import { startSimulatedButton } from "../../../../src/daemon/breaker/button/testing/simulated-button.ts";

// The button in a process of its own, as it is in the world: what keeps the bench busy may not silence it.
const [path = "", key = ""] = process.argv.slice(2);
const button = await startSimulatedButton(path, Buffer.from(key, "hex"));
createInterface(process.stdin).on("line", (line) => {
  const at = Number(process.hrtime.bigint()) / 1e6;
  if (line === "press") button.press();
  else button.release();
  process.stdout.write(`${at}\n`);
});
process.stdin.on("end", () => process.exit(0));
process.stdout.write("ready\n");
