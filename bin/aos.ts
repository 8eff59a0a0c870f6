#!/usr/bin/env node
import { hostname, userInfo } from "node:os";
import { terminalIo } from "../src/cli/io.ts";
import type { Local } from "../src/cli/local.ts";
import { run } from "../src/cli/program.ts";

const local: Local = {
  checker: async () => (await import("../src/daemon/breaker/security/check.ts")).createChecker(),
  async verifyLog(path, pin) {
    const { verifyFile } = await import("../src/daemon/breaker/audit/verify.ts");
    const found = await verifyFile(pin === undefined ? { path } : { path, pin });
    return found.ok ? { ok: true, rows: found.rows, bad: null } : { ok: false, rows: found.rows, bad: found.bad };
  },
};
process.exitCode = await run(process.argv.slice(2), terminalIo({ user: userInfo().username, host: hostname(), local }));
