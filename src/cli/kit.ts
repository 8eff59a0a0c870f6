import { Option, type Command } from "commander";
import type { CliText } from "./locales/ko.ts";
import type { Session } from "./session.ts";

type Handler<O extends object> = (session: Session, args: readonly string[], options: O) => Promise<void>;

/** What a command group needs to add its commands. */
export interface Kit {
  program: Command;
  text: CliText;
  /** Makes a commander action of a handler; arguments that were left out are not in `args`. */
  act: <O extends object = object>(handler: Handler<O>) => (...given: unknown[]) => Promise<void>;
}

/** A command with its description in the language of the person. Subcommands are added to `parent`. */
export function command(parent: Command, usage: string, description: string): Command {
  return parent.command(usage).description(description);
}

/** An option that takes one of a closed set of values. */
export function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices([...values]);
}
