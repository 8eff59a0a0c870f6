import { styleText } from "node:util";
import type { Io } from "./io.ts";
import type { Tongue } from "./language.ts";
import { openLink, type Client, type Link } from "./link.ts";
import { refuse } from "./refusal.ts";
import { readAosdFile, stateDir } from "./state-dir.ts";
import { readToken } from "./token.ts";

/** Options that each command takes. */
export interface GlobalOptions {
  json?: boolean;
  stateDir?: string;
  tokenFile?: string;
  color?: boolean;
}

export type Tone = "plain" | "quiet" | "attention" | "failure";

/** What a command works with: the aosd, the terminal and the language. */
export interface Session {
  io: Io;
  tongue: Tongue;
  options: GlobalOptions;
  stateDir: string;
  /** Asks the aosd; opens the link on first use. */
  ask: <T>(call: (client: Client, options: { signal: AbortSignal }) => Promise<T>, limitMs?: number) => Promise<T>;
  /** Shows the result: one object for programs, or the text for people. */
  show: (result: object, text: () => string) => void;
  /** A line beside the result; programs don't see it. */
  note: (text: string) => void;
  /** Asks the person. Refuses, naming the option to use instead, where there is nobody to ask. */
  prompt: (question: string, instead: string, secret?: boolean) => Promise<string>;
  paint: (text: string, tone: Tone) => string;
  close: () => void;
}

const styles = { plain: [], quiet: ["dim"], attention: ["yellow"], failure: ["red"] } as const;

/** Starts a session. Nothing is opened before the first `ask`. */
export function createSession(io: Io, tongue: Tongue, options: GlobalOptions): Session {
  const dir = stateDir(io, options.stateDir);
  const colored = io.color && options.color !== false;
  let link: Promise<Link> | undefined;
  let opened: Link | undefined;
  const open = async () => {
    const file = readAosdFile(dir);
    if (!file.ok) refuse("cli.daemon-not-running", { reason: file.reason, stateDir: dir });
    opened = await openLink({ socket: file.socket, stateDir: dir, token: readToken(io, options.tokenFile) });
    return opened;
  };
  return {
    io,
    tongue,
    options,
    stateDir: dir,
    async ask(call, limitMs) {
      link ??= open();
      return (await link).ask(call, limitMs);
    },
    show(result, text) {
      io.out(options.json === true ? `${JSON.stringify(result)}\n` : `${text()}\n`);
    },
    note(text) {
      if (options.json !== true) io.err(`${text}\n`);
    },
    async prompt(question, instead, secret = false) {
      const answer = await io.ask(question, { secret });
      return answer ?? refuse("cli.needs-answer", { option: instead });
    },
    paint: (text, tone) => (colored && tone !== "plain" ? styleText([...styles[tone]], text, { validateStream: false }) : text),
    close: () => opened?.close(),
  };
}
