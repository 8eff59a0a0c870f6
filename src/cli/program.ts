import { Command, CommanderError, Option } from "commander";
import { fill } from "../words/index.ts";
import { addAbout, ownVersion } from "./commands/about.ts";
import { addAlerts } from "./commands/alerts.ts";
import { addApprovals } from "./commands/approvals.ts";
import { addAudit } from "./commands/audit.ts";
import { addAutonomy } from "./commands/autonomy.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEntry } from "./commands/entry.ts";
import { addGate } from "./commands/gate.ts";
import { addNode } from "./commands/node.ts";
import { addPair } from "./commands/pair.ts";
import { addPeople } from "./commands/people.ts";
import { addPower } from "./commands/power.ts";
import { addStatus } from "./commands/status.ts";
import { addStop } from "./commands/stop.ts";
import { addVault } from "./commands/vault.ts";
import type { Io } from "./io.ts";
import type { Kit } from "./kit.ts";
import { systemLanguage, tongueOf, type Tongue } from "./language.ts";
import { exitCodeOf, exitCodes, refusal, refusalOf, type Refusal } from "./refusal.ts";
import { createSession, type GlobalOptions } from "./session.ts";
import { clean } from "./table.ts";
import { complaint } from "./usage.ts";

/**
 * Runs one command and returns the exit code (see exitCodes). `argv` holds what follows `aos`.
 * With `--json` a refusal is `{ "fault": { "code", "data" } }` on stdout; for people it is words on stderr.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const tongue = tongueOf(languageOf(argv, io));
  try {
    await build(io, tongue).parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    const refused = fromCommander(error, tongue);
    if (refused === undefined) return exitCodes.ok;
    if (argv.includes("--json")) io.out(`${JSON.stringify({ fault: refused })}\n`);
    else io.err(`${refusalText(refused, tongue)}\n`);
    return exitCodeOf(refused);
  }
}

/** All commands, in the language of the person. */
function build(io: Io, tongue: Tongue): Command {
  const { text } = tongue;
  const program = new Command("aos")
    .description(text.about)
    .version(ownVersion(), "-V, --version", text.command.version)
    .option("--json", text.option.json)
    .addOption(new Option("--lang <lang>", text.option.lang).choices(["ko", "en"]))
    .option("--state-dir <folder>", text.option.stateDir)
    .option("--token-file <file>", text.option.tokenFile)
    .option("--no-color", text.option.noColor)
    .helpOption("-h, --help", text.help.show)
    .helpCommand("help [command]", text.help.show)
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => titleOf(title, tongue) })
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: () => undefined })
    .exitOverride();
  const kit: Kit = {
    program,
    text,
    act:
      (handler) =>
      async (...given) => {
        const command = given.at(-1);
        if (!(command instanceof Command)) throw new TypeError("commander called an action without its command");
        const session = createSession(io, tongue, program.opts<GlobalOptions>());
        try {
          await handler(
            session,
            command.processedArgs.flat().filter((argument) => typeof argument === "string"),
            command.opts(),
          );
        } finally {
          session.close();
        }
      },
  };
  for (const add of [
    addStatus,
    addNode,
    addPower,
    addPair,
    addPeople,
    addAlerts,
    addDoctor,
    addEntry,
    addStop,
    addApprovals,
    addAutonomy,
    addAudit,
    addVault,
    addGate,
    addAbout,
  ])
    add(kit);
  return program;
}

/** Read before commander reads: its help must already be in the right language. */
function languageOf(argv: readonly string[], io: Io) {
  const at = argv.findIndex((argument) => argument === "--lang" || argument.startsWith("--lang="));
  const given = at < 0 ? undefined : (argv[at]?.split("=")[1] ?? argv[at + 1]);
  return given === "ko" || given === "en" ? given : systemLanguage(io.env);
}

function titleOf(title: string, { text: { help } }: Tongue): string {
  const known = new Map([
    ["Usage:", help.usage],
    ["Options:", help.options],
    ["Commands:", help.commands],
    ["Arguments:", help.arguments],
    ["Global Options:", help.globals],
  ]);
  return known.get(title) ?? title;
}

function fromCommander(error: unknown, { text }: Tongue): Refusal | undefined {
  if (!(error instanceof CommanderError)) return refusalOf(error);
  const message = complaint(error, text);
  return message === undefined ? undefined : refusalOf(refusal("cli.usage", { message: clean(message) }));
}

/** Roles as people call them. */
function inWords(data: Refusal["data"], words: Tongue["words"]): Refusal["data"] {
  const named = Object.entries(data).map(([key, value]) => [key, Object.entries(words.callerRole).find(([role]) => role === value)?.[1] ?? value]);
  return Object.fromEntries(named);
}

/** What went wrong, what it means and what to do about it. */
function refusalText({ code, data }: Refusal, { text, words }: Tongue): string {
  const own = Object.entries(text.fault).find(([known]) => known === code)?.[1];
  const said = own ?? Object.entries(words.faults).find(([known]) => known === code)?.[1] ?? text.fault["cli.internal"];
  const running = Object.entries(text.notRunning).find(([reason]) => reason === data["reason"])?.[1];
  const params =
    code === "cli.daemon-not-running" && running !== undefined ? { because: fill(running.because, data), fix: fill(running.fix, data) } : inWords(data, words);
  const reasons = { ...words.windowReason, ...words.certificateReason };
  const reason = Object.entries(reasons).find(([known]) => known === data["reason"])?.[1] ?? "";
  return [said.title, said.meaning, reason, said.todo]
    .map((line) => clean(fill(line, params)))
    .filter((line) => line !== "")
    .join("\n");
}
