import { createServer, type Socket } from "node:net";
import { readScenes, scenarioFile, type Scenario } from "../nut/scenario.ts";

export interface SimulatedUpsd {
  port: number;
  ups: string;
  stop(): Promise<void>;
}

export interface SimulatedUpsdOptions {
  /** 0 takes a free port. */
  port: number;
  scenario: Scenario;
  /** Another `.seq` file in place of the scenario's. */
  file?: string;
}

const upsName = "aosups";
const lineLimit = 1024;

/** A small server with the words of NUT's upsd that a client needs, playing a scenario. It is not NUT: what it shows is marked as simulated. */
export async function startSimulatedUpsd({ port, scenario, file = scenarioFile(scenario) }: SimulatedUpsdOptions): Promise<SimulatedUpsd> {
  const played = play(file);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    serve(socket, played.vars);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", resolve);
  await promise.catch((error: unknown) => {
    played.stop();
    throw error;
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    ups: upsName,
    stop: async () => {
      played.stop();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) socket.destroy();
      await closed.promise;
    },
  };
}

function play(file: string): { vars: Map<string, string>; stop: () => void } {
  const scenes = readScenes(file);
  const vars = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  const show = (index: number) => {
    const scene = scenes[index];
    if (scene === undefined) return;
    for (const [name, value] of Object.entries(scene.vars)) vars.set(name, value);
    // A file without any stay would spin: a round takes at least a second.
    timer = setTimeout(() => show((index + 1) % scenes.length), Math.max(scene.seconds * 1000, scenes.length === 1 ? 1000 : 50));
    timer.unref();
  };
  show(0);
  return { vars, stop: () => clearTimeout(timer) };
}

function serve(socket: Socket, vars: ReadonlyMap<string, string>): void {
  let rest = "";
  const who = { user: "", password: "", loggedIn: false };
  socket.on("data", (chunk) => {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > lineLimit) socket.destroy();
    for (const line of lines) {
      if (socket.destroyed || socket.writableEnded) return;
      const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => (match[1] ?? match[2] ?? "").replace(/\\(.)/g, "$1"));
      socket.write(`${answer(words, vars, who)}\n`);
      if (words[0] === "LOGOUT") socket.end();
    }
  });
}

const quote = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

function answer(words: readonly string[], vars: ReadonlyMap<string, string>, who: { user: string; password: string; loggedIn: boolean }): string {
  const [verb, what, ups, name] = words;
  switch (verb ?? "") {
    case "VER":
      return "무펭이즘 AOS simulated upsd (not NUT)";
    case "NETVER":
    case "PROTVER":
      return "1.3";
    case "STARTTLS":
      return "ERR FEATURE-NOT-CONFIGURED";
    case "USERNAME":
      if (what === undefined) return "ERR INVALID-ARGUMENT";
      who.user = what;
      return "OK";
    case "PASSWORD":
      if (what === undefined) return "ERR INVALID-ARGUMENT";
      who.password = what;
      return "OK";
    case "LOGIN":
      if (what !== upsName) return "ERR UNKNOWN-UPS";
      if (who.user === "") return "ERR USERNAME-REQUIRED";
      if (who.password === "") return "ERR PASSWORD-REQUIRED";
      if (who.loggedIn) return "ERR ALREADY-LOGGED-IN";
      who.loggedIn = true;
      return "OK";
    case "LOGOUT":
      return "OK Goodbye";
    case "LIST":
      if (what === "UPS") return `BEGIN LIST UPS\nUPS ${upsName} "simulated"\nEND LIST UPS`;
      if (what !== "VAR") return "ERR INVALID-ARGUMENT";
      if (ups !== upsName) return "ERR UNKNOWN-UPS";
      return [`BEGIN LIST VAR ${ups}`, ...[...vars].map(([key, value]) => `VAR ${ups} ${key} ${quote(value)}`), `END LIST VAR ${ups}`].join("\n");
    case "GET": {
      if (what !== "VAR" || name === undefined) return "ERR INVALID-ARGUMENT";
      if (ups !== upsName) return "ERR UNKNOWN-UPS";
      const value = vars.get(name);
      return value === undefined ? "ERR VAR-NOT-SUPPORTED" : `VAR ${ups} ${name} ${quote(value)}`;
    }
    default:
      return "ERR UNKNOWN-COMMAND";
  }
}
