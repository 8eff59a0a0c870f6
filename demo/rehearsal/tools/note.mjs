// A rehearsal tool for acts whose effect stays inside the rack: it writes one line of what it was asked to do.
import { appendFileSync, readFileSync } from "node:fs";

appendFileSync("done.log", `${process.argv[2]} ${readFileSync(0, "utf8")}\n`);
process.stdout.write("done");
