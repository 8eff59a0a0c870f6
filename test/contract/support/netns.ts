import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openLink, type Link } from "../../../src/cli/link.ts";
import type { Serving } from "../../../demo/aosd.ts";

const daemonMain = fileURLToPath(new URL("../../../src/daemon/main.ts", import.meta.url));
const onPath = (name: string) =>
  (process.env["PATH"] ?? "")
    .split(":")
    .concat("/usr/sbin", "/usr/bin")
    .some((dir) => existsSync(join(dir, name)));

/** Network namespaces need root on Linux and iproute2. */
export const canMakeNetworks = process.platform === "linux" && process.getuid?.() === 0 && onPath("ip");
export const hasAvahi = canMakeNetworks && ["avahi-daemon", "avahi-browse", "avahi-publish", "dbus-daemon", "unshare", "nsenter"].every(onPath);

const ip = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });

/** A process in a namespace; ended with all that it started. */
export interface Inside {
  child: ChildProcess;
  end(signal?: NodeJS.Signals): Promise<void>;
}

export interface Node extends Serving {
  stateDir: string;
  link: Link;
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Machines on one switch: a namespace each, joined by a bridge in a namespace of its own. The host's own network is not touched. */
export function createNetwork() {
  const prefix = `aos${process.pid}`;
  const hub = `${prefix}hub`;
  const made: string[] = [];
  const running = new Set<Inside>();
  const add = (name: string) => {
    ip("netns", "add", name);
    made.push(name);
    ip("-n", name, "link", "set", "lo", "up");
  };
  add(hub);
  ip("-n", hub, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
  ip("-n", hub, "link", "set", "br0", "up");

  const run = (namespace: string, command: readonly string[], env: Readonly<Record<string, string>> = {}): Inside => {
    const child = spawn("ip", ["netns", "exec", namespace, ...command], { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env }, detached: true });
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const inside: Inside = {
      child,
      async end(signal = "SIGTERM") {
        running.delete(inside);
        if (child.pid === undefined) return;
        endGroup(child.pid, signal);
        const timer = setTimeout(() => endGroup(child.pid ?? 0, "SIGKILL"), 6000);
        await ended;
        clearTimeout(timer);
      },
    };
    running.add(inside);
    return inside;
  };

  return {
    /** A new machine with this address on the switch. */
    machine(name: string, address: string) {
      const namespace = `${prefix}${name}`;
      const port = `${name}0`.slice(0, 12);
      const plug = (at: string) => {
        ip("link", "add", "eth0", "netns", namespace, "type", "veth", "peer", "name", port, "netns", hub);
        ip("-n", hub, "link", "set", port, "master", "br0", "up");
        ip("-n", namespace, "link", "set", "eth0", "up");
        ip("-n", namespace, "addr", "add", `${at}/24`, "dev", "eth0");
        ip("-n", namespace, "route", "add", "224.0.0.0/4", "dev", "eth0");
      };
      add(namespace);
      plug(address);
      return {
        namespace,
        plug,
        unplug: () => ip("-n", namespace, "link", "del", "eth0"),
        readdress(next: string) {
          ip("-n", namespace, "addr", "flush", "dev", "eth0");
          ip("-n", namespace, "addr", "add", `${next}/24`, "dev", "eth0");
          ip("-n", namespace, "route", "replace", "224.0.0.0/4", "dev", "eth0");
        },
        run: (command: readonly string[], env?: Readonly<Record<string, string>>) => run(namespace, command, env),
        /** A real aosd here, listening on the LAN. */
        async aosd(stateDir: string, flags: readonly string[]): Promise<Node> {
          const inside = run(
            namespace,
            [
              process.execPath,
              daemonMain,
              "--state-dir",
              stateDir,
              "--lan-host",
              "0.0.0.0",
              "--lan-port",
              "7443",
              "--loopback-port",
              "0",
              "--discovery",
              "bonjour",
              ...flags,
            ],
            { AOS_PARENT_PIPE: "1" },
          );
          const trouble: string[] = [];
          inside.child.stderr?.on("data", (chunk: Buffer) => trouble.push(chunk.toString()));
          const serving = await new Promise<Serving>((resolve, reject) => {
            if (!inside.child.stdout) throw new Error("no stdout");
            createInterface(inside.child.stdout).on("line", (line) => resolve(JSON.parse(line) as Serving));
            inside.child.once("close", () => reject(new Error(`aosd in ${namespace} ended before it served: ${trouble.join("")}`)));
          });
          const link = await openLink({ socket: serving.socket, stateDir, token: undefined });
          return {
            ...serving,
            stateDir,
            link,
            async end(signal) {
              link.close();
              await inside.end(signal);
            },
          };
        },
        /** avahi-daemon here, with a message bus and a /run of its own. Gives a way to run avahi's tools beside it. */
        async avahi(dir: string) {
          mkdirSync(dir, { recursive: true });
          const bus = join(dir, "bus.conf");
          const conf = join(dir, "avahi.conf");
          const policy =
            '<policy context="default"><allow own="*"/><allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/><allow eavesdrop="true"/></policy>';
          writeFileSync(bus, `<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>${policy}</busconfig>`);
          writeFileSync(conf, "[server]\nhost-name=elsewhere\nuse-ipv6=no\n[publish]\npublish-workstation=no\n");
          const script = [
            "mount -t tmpfs tmpfs /run",
            "mkdir -p /run/dbus /run/avahi-daemon",
            `dbus-daemon --config-file=${bus} --nofork --nopidfile &`,
            "while [ ! -S /run/dbus/system_bus_socket ]; do sleep 0.05; done",
            `exec avahi-daemon --no-drop-root --no-chroot --no-rlimits --no-proc-title -f ${conf}`,
          ].join("\n");
          const daemon = run(namespace, ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]);
          const said: string[] = [];
          const ready = new Promise<void>((resolve, reject) => {
            const hear = (chunk: Buffer) => {
              said.push(chunk.toString());
              if (/Server startup complete/.test(said.join(""))) resolve();
            };
            daemon.child.stderr?.on("data", hear);
            daemon.child.stdout?.on("data", hear);
            daemon.child.once("close", () => reject(new Error(`avahi-daemon ended: ${said.join("")}`)));
          });
          await ready;
          const beside = (command: readonly string[]) => run(namespace, ["nsenter", `--target=${daemon.child.pid}`, "--mount", ...command]);
          return {
            beside,
            /** Runs a tool to its end and gives what it printed. */
            async ask(...command: string[]): Promise<string> {
              const { child } = beside(command);
              let out = "";
              child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
              await new Promise((resolve) => child.once("close", resolve));
              return out;
            },
          };
        },
      };
    },
    async end() {
      await Promise.all([...running].map((inside) => inside.end("SIGKILL")));
      for (const name of made.toReversed()) ip("netns", "del", name);
    },
  };
}
export { openLink, type Link };
export type Network = ReturnType<typeof createNetwork>;

function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: it has ended by itself.
    if ((error as { code?: string }).code !== "ESRCH") throw error;
  }
}
