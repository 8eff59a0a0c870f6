#!/usr/bin/env node
import { hostname, userInfo } from "node:os";
import { terminalIo } from "../src/cli/io.ts";
import { run } from "../src/cli/program.ts";

process.exitCode = await run(process.argv.slice(2), terminalIo({ user: userInfo().username, host: hostname() }));
