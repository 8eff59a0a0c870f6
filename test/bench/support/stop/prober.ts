import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

/** Asks one daemon's gate every 5 ms from a process of its own. Lines in: begin, end. At each end it prints what it got. */
export interface Probe {
  sent: number;
  answered: number;
  decision: string;
}

const EVERY_MS = 5;
const [port = "", token = ""] = process.argv.slice(2);
const mono = () => Number(process.hrtime.bigint()) / 1e6;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const body = JSON.stringify({ tool: "fs.read", args: { path: "x" } });
let probes: Probe[] = [];
let timer: NodeJS.Timeout | undefined;
let due = 0;

function ask(): void {
  const sent = mono();
  const headers = { "content-type": "application/json", "content-length": body.length, ...(token === "" ? {} : { authorization: `Bearer ${token}` }) };
  const asking = request({ host: "127.0.0.1", port: Number(port), path: "/v1/gate", method: "POST", agent, headers }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (text += chunk));
    response.on("end", () => probes.push({ sent, answered: mono(), decision: /"decision":"([\w-]+)"/.exec(text)?.[1] ?? `http ${response.statusCode}` }));
  });
  // A daemon that is dead refuses nothing and allows nothing.
  asking.on("error", () => probes.push({ sent, answered: mono(), decision: "unreachable" }));
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
    due = mono();
    tick();
  } else process.stdout.write(`${JSON.stringify(probes)}\n`);
});
process.stdin.on("end", () => process.exit(0));
