import { spawn } from "node:child_process";
import { Server } from "node:net";
import type { Clock } from "../../kernel/clock.ts";
import type { Capabilities } from "../custody/domain/capabilities.ts";
import { systemPath } from "../custody/launcher.ts";
import type { Doors } from "../custody/tool.ts";
import type { Egress } from "./proxy.ts";

/** Port of the proxy inside a tool's network namespace. */
const doorPort = 3128;
const openMs = 5000;

/** Listens inside the namespace, hands the listening socket to the daemon, and is gone: the tool's network holds no program of ours. */
const listenAndLeave = `
const server = require("node:net").createServer();
process.once("disconnect", () => process.exit(1));
server.listen(${doorPort}, "127.0.0.1", 64, () => process.send("open", server, () => process.exit(0)));
`;

/** Ways from tools to the proxy: a listener in the tool's own namespace, or a token for the loopback port. */
export function createDoors({ egress, capabilities, clock }: { egress: Egress; capabilities: Pick<Capabilities, "privilege">; clock: Clock }): Doors {
  const listenIn = (pid: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const enter = {
        file: "nsenter",
        args: [
          "-t",
          String(pid),
          ...(capabilities.privilege === "user" ? ["--user", "--preserve-credentials"] : []),
          "--net",
          "--",
          process.execPath,
          "-e",
          listenAndLeave,
        ],
      };
      const child = spawn(enter.file, enter.args, { stdio: ["ignore", "ignore", "ignore", "ipc"], env: { PATH: systemPath } });
      const cancel = clock.after(openMs, () => {
        child.kill("SIGKILL");
        reject(new Error(`no door within ${openMs} ms`));
      });
      const fail = (why: unknown) => {
        cancel();
        reject(why instanceof Error ? why : new Error(`the door's helper ended with ${String(why)}`));
      };
      child.once("error", fail);
      child.once("exit", fail);
      child.once("message", (_word, handle) => {
        cancel();
        if (handle instanceof Server) resolve(handle);
        else fail("no socket");
      });
    });

  return {
    async open(traveller, pid) {
      if (pid === null) {
        const { token, revoke } = egress.admit(traveller);
        return { proxyUrl: `http://aos:${token}@127.0.0.1:${egress.port()}`, port: egress.port(), close: revoke };
      }
      const close = egress.serve(await listenIn(pid), traveller);
      return { proxyUrl: `http://127.0.0.1:${doorPort}`, port: doorPort, close };
    },
  };
}
