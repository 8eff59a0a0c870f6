/**
 * A program that tries every way out that it knows and prints { way: "reached" | "blocked" } as one line of JSON. It is
 * handed to `node -e`; its environment names the places: TCP and UDP as host:port, sockets as paths, pids as numbers.
 */
export const escape = `
const net = require("node:net"), dgram = require("node:dgram"), fs = require("node:fs"), dns = require("node:dns"), { spawnSync } = require("node:child_process");
const env = process.env, out = {};
const within = (ms, promise) => Promise.race([promise, new Promise((r) => setTimeout(() => r(false), ms))]);
const note = async (way, task) => { try { out[way] = (await within(1500, task())) ? "reached" : "blocked"; } catch { out[way] = "blocked"; } };
const dial = (options) => () => new Promise((resolve) => { const s = net.connect(options); s.on("connect", () => { s.destroy(); resolve(true); }); s.on("error", () => resolve(false)); });
const at = (place) => { const i = place.lastIndexOf(":"); return { host: place.slice(0, i), port: Number(place.slice(i + 1)) }; };
const ask = (place) => () => new Promise((resolve) => {
  const { host, port } = at(place), s = dgram.createSocket(host.includes(":") ? "udp6" : "udp4");
  s.on("message", () => { s.close(); resolve(true); }); s.on("error", () => resolve(false)); s.send("\\0\\1", port, host, (e) => e && resolve(false));
});
const read = (path) => async () => fs.readFileSync(path).length > 0;
const run = (file, ...args) => async () => spawnSync(file, args, { timeout: 1200 }).status === 0;
(async () => {
  await note("tcp to another program's port", dial(at(env.TCP)));
  await note("tcp to this machine's address", dial(at(env.TCP_OWN)));
  await note("udp, as to a name server", ask(env.UDP));
  await note("udp to this machine's address", ask(env.UDP_OWN));
  await note("curl without the proxy", run("curl", "-s", "-m", "1", "--noproxy", "*", "-o", "/dev/null", "http://" + env.TCP + "/"));
  await note("the daemon's socket", dial({ path: env.SOCKET }));
  await note("a socket elsewhere", dial({ path: env.SOCKET_ELSEWHERE }));
  await note("an abstract socket", dial({ path: "\\0" + env.ABSTRACT }));
  await note("the daemon's state", read(env.STATE_FILE));
  await note("the state by way of the daemon's root", read("/proc/" + env.DAEMON + "/root" + env.STATE_FILE));
  await note("the daemon's environment", read("/proc/" + env.DAEMON + "/environ"));
  await note("a signal to the daemon", async () => process.kill(Number(env.DAEMON), 0));
  await note("the daemon's network by nsenter", run("nsenter", "-t", env.DAEMON, "-n", "true"));
  await note("taking the cover off", run("umount", env.STATE_DIR));
  await note("taking the cover off inside a namespace of its own", run("unshare", "-Urm", "umount", env.STATE_DIR));
  await note("the system's settings", async () => { fs.writeFileSync("/proc/sys/kernel/core_pattern", fs.readFileSync("/proc/sys/kernel/core_pattern")); return true; });
  await note("leaving its cgroup", async () => { fs.writeFileSync("/sys/fs/cgroup/unified/cgroup.procs", "0"); return true; });
  await note("a network interface", async () => Object.keys(require("node:os").networkInterfaces()).some((name) => name !== "lo"));
  process.stdout.write(JSON.stringify(out), () => process.exit(0));
})();
`;
