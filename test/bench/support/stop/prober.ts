import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

/** Asks one daemon's gate every 5 ms from a process of its own. Lines in: begin, end. It says when the gate first allowed, and at the end what it got. */
export interface Probe {
  sent: number;
  answered: number;
  decision: string;
  reason: string;
}

const EVERY_MS = 5;
const [port = "", token = ""] = process.argv.slice(2);
const mono = () => Number(process.hrtime.bigint()) / 1e6;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let probes: Probe[] = [];
let timer: NodeJS.Timeout | undefined;
let due = 0;
let asked = 0;
let told = false;

function ask(): void {
  const sent = mono();
  // Each probe is an agent of its own: one that asks 200 times a second would be throttled and panicked over, and that is not the stop.
  const body = JSON.stringify({ tool: "fs.read", args: { path: "x" }, agent: `probe-${process.pid}-${++asked}` });
  const headers = { "content-type": "application/json", "content-length": body.length, ...(token === "" ? {} : { authorization: `Bearer ${token}` }) };
  const asking = request({ host: "127.0.0.1", port: Number(port), path: "/v1/gate", method: "POST", agent, headers }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (text += chunk));
    response.on("end", () => {
      const field = (name: string) => new RegExp(`"${name}":"([\\w-]+)"`).exec(text)?.[1];
      const decision = field("decision") ?? `http ${response.statusCode}`;
      probes.push({ sent, answered: mono(), decision, reason: field("reason") ?? "" });
      if (told || (decision !== "allow" && decision !== "notify")) return;
      told = true;
      process.stdout.write('"open"\n');
    });
  });
  // A daemon that is dead refuses nothing and allows nothing.
  asking.on("error", (error) => probes.push({ sent, answered: mono(), decision: "unreachable", reason: error.message }));
  asking.end(body);
}

function tick(): void {
  ask();
  due = Math.max(due + EVERY_MS, mono());
  timer = setTimeout(tick, Math.max(0, due - mono()));
}

createInterface(process.stdin).on("line", (line) => {
  clearTimeout(timer);
  if (line === "begin") {
    probes = [];
    told = false;
    due = mono();
    tick();
  } else process.stdout.write(`${JSON.stringify(probes)}\n`);
});
process.stdin.on("end", () => process.exit(0));
