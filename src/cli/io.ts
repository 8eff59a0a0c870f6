import { homedir } from "node:os";
import { createInterface } from "node:readline";
import { Writable, type Readable } from "node:stream";
import type { Local } from "./local.ts";
import type { Surroundings } from "./state-dir.ts";

/** Everything the CLI touches outside itself, so that a test can be the terminal. */
export interface Io extends Surroundings {
  out: (text: string) => void;
  err: (text: string) => void;
  /** Asks at the terminal; `secret` shows nothing of what is typed. Null where there is no terminal to ask at. */
  ask: (question: string, options: { secret: boolean }) => Promise<string | null>;
  /** Lines that come in from another program. */
  lines: () => Readable;
  /** Work that needs no running aosd. */
  local: Local;
  color: boolean;
  user: string;
  host: string;
}

/** The real terminal. */
export function terminalIo(options: { user: string; host: string; local: Local }): Io {
  const { env } = process;
  return {
    env,
    platform: process.platform,
    home: homedir(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ask: (question, { secret }) => (process.stdin.isTTY ? askAtTerminal(question, secret) : Promise.resolve(null)),
    lines: () => process.stdin,
    color: process.stdout.isTTY && !env["NO_COLOR"] && env["TERM"] !== "dumb",
    ...options,
  };
}

function askAtTerminal(question: string, secret: boolean): Promise<string | null> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: secret ? silent : process.stderr, terminal: true });
  return new Promise((resolve) => {
    lines.once("line", (line) => {
      resolve(line.trim());
      lines.close();
    });
    lines.once("SIGINT", () => lines.close());
    // Ctrl-C and Ctrl-D close without a line: nobody answered.
    lines.once("close", () => {
      if (secret) process.stderr.write("\n");
      resolve(null);
    });
  });
}
