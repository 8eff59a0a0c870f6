import { readFileSync } from "node:fs";
import { fill } from "../../words/index.ts";
import { command, type Kit } from "../kit.ts";
import type { Tongue } from "../language.ts";
import { refuse } from "../refusal.ts";
import type { Session } from "../session.ts";
import { clean } from "../table.ts";
import { keepToken } from "../token.ts";
import { span } from "../units.ts";

interface OneTimeLink {
  url: string;
  expiresInMs: number;
}

/** `aos claim`, `aos recover`, `aos link`: the ways in. */
export function addEntry({ program, text, act }: Kit): void {
  command(program, "claim", text.command.claim)
    .option("--name <name>", text.option.name)
    .option("--device-name <name>", text.option.deviceName)
    .action(act<{ name?: string; deviceName?: string }>(claim));
  command(program, "recover", text.command.recover)
    .option("--name <name>", text.option.name)
    .option("--key-file <file>", text.option.keyFile)
    .action(act<{ name?: string; keyFile?: string }>(recover));
  command(program, "link", text.command.link).action(act(link));
}

/** A one-time link and how long it works. */
export function linkText({ url, expiresInMs }: OneTimeLink, { text, language }: Tongue): string {
  return fill(text.say.oneTimeLink, { url: clean(url), time: span(expiresInMs, language) });
}

async function claim(session: Session, _args: readonly string[], options: { name?: string; deviceName?: string }): Promise<void> {
  const { text } = session.tongue;
  const name = options.name ?? session.io.user;
  const claimed = await session.ask((aosd, call) => aosd.access.claim({ name, deviceName: options.deviceName ?? session.io.host }, call));
  const kept = keepToken(session.io, session.stateDir, claimed.token, session.options.tokenFile);
  session.show({ ...claimed, tokenFile: kept ?? null }, () =>
    [
      fill(text.say.claimed, { name: clean(name) }),
      "",
      fill(text.say.recoveryKey, { key: clean(claimed.recoveryKey) }),
      "",
      linkText(claimed.link, session.tongue),
      "",
      tokenText(claimed.token, kept, session.tongue),
    ].join("\n"),
  );
}

async function recover(session: Session, _args: readonly string[], options: { name?: string; keyFile?: string }): Promise<void> {
  const { text } = session.tongue;
  const name = options.name ?? session.io.user;
  // Neither an argument nor a variable: both can be read by others and stay in the shell's history.
  const recoveryKey = options.keyFile === undefined ? await session.prompt(text.say.askRecoveryKey, "--key-file", true) : fileText(options.keyFile);
  const recovered = await session.ask((aosd, call) => aosd.access.recover({ recoveryKey, name }, call));
  const kept = keepToken(session.io, session.stateDir, recovered.token, session.options.tokenFile);
  session.show({ ...recovered, tokenFile: kept ?? null }, () =>
    [fill(text.say.recovered, { name: clean(name) }), "", linkText(recovered.link, session.tongue), "", tokenText(recovered.token, kept, session.tongue)].join(
      "\n",
    ),
  );
}

async function link(session: Session): Promise<void> {
  const made = await session.ask((aosd, options) => aosd.access.session.link(undefined, options));
  session.show(made, () => linkText(made, session.tongue));
}

function tokenText(token: string, kept: string | undefined, { text }: Tongue): string {
  return kept === undefined ? fill(text.say.tokenPrinted, { token: clean(token) }) : fill(text.say.tokenSaved, { path: kept });
}

function fileText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    return refuse("cli.file-failed", { path, detail: error instanceof Error && "code" in error ? String(error.code) : String(error) });
  }
}
