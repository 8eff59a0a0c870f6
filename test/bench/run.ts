import { runNamed } from "../levels/figures.ts";

process.exitCode = await runNamed("test/bench", process.argv.slice(2));
