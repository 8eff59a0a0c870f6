import type { CommanderError } from "commander";
import { fill } from "../words/index.ts";
import type { CliText } from "./locales/ko.ts";

/** Says commander's complaint in the person's language. Undefined when it was no complaint (help, version). */
export function complaint(error: CommanderError, { usage }: CliText): string | undefined {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  // Flags come with their value and spellings: `-x, --history <time>`.
  const what = /--[\w-]+/.exec(quoted)?.[0] ?? quoted;
  switch (error.code) {
    case "commander.help":
    case "commander.helpDisplayed":
    case "commander.version":
      return error.exitCode === 0 ? undefined : usage.incomplete;
    case "commander.unknownCommand":
      return fill(usage.unknownCommand, { what: quoted });
    case "commander.unknownOption":
      return fill(usage.unknownOption, { what });
    case "commander.missingArgument":
      return fill(usage.missingArgument, { what: quoted });
    case "commander.missingMandatoryOptionValue":
      return fill(usage.missingOption, { what });
    case "commander.optionMissingArgument":
      return fill(usage.missingOptionValue, { what });
    case "commander.excessArguments":
      return usage.excessArguments;
    case "commander.invalidArgument":
      return fill(usage.badValue, { what, allowed: /is invalid[^.]*\. ?(?:Allowed choices are )?(.*?)\.?$/.exec(error.message)?.[1] ?? "" });
    default:
      return error.message.replace(/^error: /, "");
  }
}
