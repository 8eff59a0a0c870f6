import { runNamed } from "../levels/figures.ts";

process.exitCode = await runNamed("test/soak", process.argv.slice(2));
