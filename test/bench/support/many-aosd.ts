import { join } from "node:path";
import { startAosd } from "../../../src/daemon/aosd.ts";
import { readConfig } from "../../../src/daemon/kernel/config.ts";

// Many real aosd in one process, for the console's and main's bench: each has its own folder, key, port and certificate;
// only the process is shared (64 of them would not fit this machine). Run as: many-aosd.ts FOLDER COUNT.
const [dir = "", count = "0"] = process.argv.slice(2);
process.setMaxListeners(1000);
for (let index = 0; index < Number(count); index++) {
  const flags = [
    "--state-dir",
    join(dir, `n${index}`),
    "--name",
    `노드 ${index + 2}`,
    "--roles",
    "pool",
    "--lan-host",
    "127.0.0.1",
    "--lan-port",
    "0",
    "--loopback-port",
    "0",
    "--discovery",
    "off",
  ];
  await startAosd(readConfig(flags, {}));
}
process.stdout.write(`${JSON.stringify({ event: "many.serving" })}\n`);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
