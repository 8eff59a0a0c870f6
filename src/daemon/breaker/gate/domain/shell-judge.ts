import { commandOf, gitDials, gitReads, gitWrites, isHarmlessVariable, valuedCurl, valuedWget, type CommandKind } from "./shell-commands.ts";
import type { Argument, Findings } from "./shell.ts";

const isOption = ({ text, source }: Argument) => (text ?? source).startsWith("-") && (text ?? source) !== "-";
/** Words that aren't options; after `--` all are. */
function operands(argv: readonly Argument[]): Argument[] {
  const end = argv.findIndex((one) => one.text === "--");
  return end < 0 ? argv.filter((one) => !isOption(one)) : [...argv.slice(0, end).filter((one) => !isOption(one)), ...argv.slice(end + 1)];
}
/** Files that stand inside options: `--file=/x`, `-f/x`. */
const inOptions = (argv: readonly Argument[]): Argument[] =>
  argv.filter(isOption).flatMap((one) => {
    const at = /[=/~]/.exec(one.text ?? one.source);
    const value = at === null ? undefined : (one.text ?? one.source).slice(at.index + (at[0] === "=" ? 1 : 0));
    return value === undefined || !/[/~.]/.test(value) ? [] : [{ text: one.text === null ? null : value, stem: value, glob: one.glob, source: value }];
  });
const some = (argv: readonly Argument[], pattern: RegExp) => argv.some((one) => one.text === null || pattern.test(one.text));

/** Reports what a command does. False: it is unknown, and so class 3. */
export function judgeCommand(name: string, argv: readonly Argument[], found: Findings): boolean {
  const known = commandOf(name);
  if (known === undefined) return false;
  const { kind } = known;
  switch (kind.kind) {
    case "words":
      found.class("1", "words");
      return true;
    case "read": {
      if (kind.unless !== undefined && some(argv.filter(isOption), kind.unless)) found.class("3", "option");
      found.class("1", "read");
      for (const one of [...operands(argv).slice(kind.skip ?? 0), ...inOptions(argv)]) if (one.text !== "-") found.read(one);
      return true;
    }
    case "write":
      if (kind.unless !== undefined && some(argv.filter(isOption), kind.unless)) found.class("3", "option");
      found.class("2", "write");
      for (const one of [...operands(argv), ...inOptions(argv)]) {
        found.read(one);
        found.write(one);
      }
      return true;
    case "destroy":
      found.class("3", "delete");
      for (const one of [...operands(argv), ...inOptions(argv)]) found.destroy(one);
      return true;
    case "wrap":
      return wrapped(known.name, kind, argv, found);
    case "egress":
      return dialled(kind.how, known.name, argv, found);
    case "shell":
      return shellCall(argv, found);
    case "eval":
      found.class("3", "eval");
      if (known.name === "eval") found.script(joined(argv));
      else if (known.name === "trap") found.script(argv[0]?.text ?? "");
      else if (known.name === "alias") for (const one of argv) found.script(one.text === null ? null : one.text.slice(one.text.indexOf("=") + 1));
      return true;
    case "find":
      return findCall(argv, found);
    case "xargs":
      // What it hands over comes from outside the command.
      found.class("3", "xargs");
      found.command(afterOptions(argv, ["-I", "-n", "-P", "-L", "-d", "-E", "-s", "-a", "-j"]));
      return true;
    case "sed":
      return sedCall(argv, found);
    case "awk": {
      const [program] = operands(argv);
      if (
        program?.text === undefined ||
        program.text === null ||
        some(argv.filter(isOption), /^-[fil]|^--/) ||
        /system|getline|[>|]|close|@load/.test(program.text)
      )
        return false;
      found.class("1", "read");
      for (const one of operands(argv).slice(1)) found.read(one);
      return true;
    }
    case "git":
      return gitCall(argv, found);
    case "tar": {
      const listing =
        /^-?-?[a-z]*t/.test(argv[0]?.text ?? "") &&
        !some(argv, /^-?[a-z]*[xcru]|^--(extract|create|append|update|to-command|checkpoint-action|use-compress-program)/);
      found.class(listing ? "1" : "3", listing ? "read" : "archive");
      for (const one of operands(argv).slice(1)) if (listing) found.read(one);
      return true;
    }
    case "packages":
      found.class("3", "packages");
      found.egress(null, false);
      return true;
    case "cd":
      found.class("1", "move");
      return true;
    case "assign":
      found.class("1", "assign");
      for (const one of argv) {
        const variable = (one.text ?? one.source).split("=")[0] ?? "";
        if (!isOption(one) && !isHarmlessVariable(variable.replace(/\+$/, ""))) found.class("3", "environment");
      }
      return true;
    case "schedule":
      found.class("11", "schedule");
      found.class("3", "schedule");
      return true;
  }
}

const joined = (argv: readonly Argument[]) => (argv.every((one) => one.text !== null && !one.glob) ? argv.map((one) => one.text).join(" ") : null);

/** What follows the options, where each of `valued` takes the next word. */
function afterOptions(argv: readonly Argument[], valued: readonly string[]): Argument[] {
  let at = 0;
  while (at < argv.length) {
    const one = argv[at];
    if (one === undefined || !isOption(one)) break;
    at += one.text !== null && valued.includes(one.text) ? 2 : 1;
    if (one.text === "--") break;
  }
  return argv.slice(at);
}

function wrapped(name: string, kind: Extract<CommandKind, { kind: "wrap" }>, argv: readonly Argument[], found: Findings): boolean {
  if (kind.rights === true) found.class("3", "rights");
  let rest = afterOptions(argv, kind.valued).slice(kind.skip);
  if (name === "env") {
    if (some(argv.filter(isOption), /^-S|^--split-string|^-C|^--chdir/)) found.class("3", "environment");
    while (/^[A-Za-z_]\w*=/.test(rest[0]?.text ?? rest[0]?.source ?? "")) {
      if (!isHarmlessVariable((rest[0]?.source ?? "").split("=")[0] ?? "")) found.class("3", "environment");
      rest = rest.slice(1);
    }
  }
  // `-o file` of time and strace writes; options that nobody told us of may too.
  if (some(argv.slice(0, argv.length - rest.length), /^(-o|--output)/)) found.class("3", "option");
  if (rest.length === 0) found.class("1", "words");
  else if (name === "watch") found.script(joined(rest));
  else found.command(rest);
  return true;
}

function shellCall(argv: readonly Argument[], found: Findings): boolean {
  const at = argv.findIndex((one) => /^-[a-z]*c[a-z]*$/.test(one.text ?? ""));
  if (at < 0) return false;
  const unusual = argv.slice(0, at).some((one) => !/^-[a-z]+$/.test(one.text ?? "") || /i|l/.test(one.text ?? ""));
  if (unusual) found.class("3", "option");
  // Words after the script become $0, $1 and so on: the script can't be known without them.
  if (argv.length > at + 2) found.class("3", "arguments");
  found.script(argv[at + 1]?.text ?? null);
  return true;
}

function findCall(argv: readonly Argument[], found: Findings): boolean {
  found.class("1", "read");
  const first = argv.findIndex((one) => isOption(one) || /^[(!]$/.test(one.text ?? ""));
  for (const one of first < 0 ? argv : argv.slice(0, first)) found.read(one);
  for (const [index, one] of argv.entries()) {
    if (one.text === null && one.source.startsWith("-")) found.unparsable();
    const option = one.text ?? "";
    if (option === "-delete" || /^-(fprint|fprintf|fprint0|fls)$/.test(option)) found.class("3", "delete");
    if (!/^-(exec|execdir|ok|okdir)$/.test(option)) continue;
    const end = argv.findIndex((word, at) => at > index && (word.text === ";" || word.text === "+"));
    const inner = argv.slice(index + 1, end < 0 ? undefined : end);
    found.command(inner.map((word) => (word.text?.includes("{}") === true ? { text: ".", stem: ".", glob: false, source: "." } : word)));
  }
  return true;
}

const quietSed = /^(\d+|\$|\/[^/\n]*\/)?(,(\d+|\$|\/[^/\n]*\/))?(!?[pdq=]|s([/|#,])([^\n\\]|\\.)*?\5([^\n\\]|\\.)*?\5[gpiI\d]*)$/;
function sedCall(argv: readonly Argument[], found: Findings): boolean {
  const scripts = argv.flatMap((one, index) => (one.text === "-e" || one.text === "--expression" ? [argv[index + 1]] : []));
  const [first, ...files] = operands(argv);
  const all = scripts.length > 0 ? scripts : [first];
  const rest = scripts.length > 0 ? [first, ...files].filter((one) => one !== undefined && !scripts.includes(one)) : files;
  if (some(argv.filter(isOption), /^--?(f|file|i.+)|^-[a-z]*f/) && !some(argv.filter(isOption), /^-[a-z]*i(\.\w+)?$/)) return false;
  if (!all.every((one) => one?.text !== undefined && one.text !== null && one.text.split(";").every((script) => quietSed.test(script.trim())))) return false;
  const inPlace = some(argv.filter(isOption), /^(-[a-zA-Z]*i|--in-place)/);
  found.class("1", "read");
  for (const one of rest) {
    if (one === undefined) continue;
    found.read(one);
    if (inPlace) found.write(one);
  }
  return true;
}

function gitCall(argv: readonly Argument[], found: Findings): boolean {
  const [first] = argv;
  if (first?.text === undefined || first.text === null) return false;
  // Options before the subcommand can name programs to run.
  if (isOption(first) && !/^--(version|no-pager)$/.test(first.text)) return false;
  const rest = isOption(first) ? argv.slice(1) : argv;
  const sub = rest[0]?.text ?? "version";
  const args = rest.slice(1);
  if (some(args.filter(isOption), /^--(upload-pack|receive-pack|exec|ext-diff|textconv|open-files-in-pager|output)|^-O/)) return false;
  if (gitReads.has(sub)) {
    if (sub === "branch" && some(args.filter(isOption), /^-[a-z]*[dDmMcCfu]|^--(delete|move|copy|force|set-upstream|unset)/)) return false;
    found.class("1", "read");
    return true;
  }
  if (gitWrites.has(sub)) {
    if (sub === "stash" && some(args, /^(drop|clear|pop)$/)) return false;
    if (some(args.filter(isOption), /^(-d|--delete|-f|--force|--amend)$/)) return false;
    found.class("2", "write");
    return true;
  }
  if (!gitDials.has(sub)) return false;
  if (sub === "remote" && operands(args).length === 0) {
    found.class("1", "read");
    return true;
  }
  if (sub === "remote" || sub === "submodule" || some(args, /^(-f|--force|--force-with-lease|--delete|--mirror|--prune|\+.*)$|^:/)) found.class("3", "history");
  found.class("2", "write");
  const named = operands(args).find((one) => one.text !== null && /^[\w+.-]+:\/\/|^[\w.-]+@[\w.-]+:/.test(one.text))?.text;
  const scp = /^[\w.-]+@([\w.-]+):/.exec(named ?? "");
  if (/^(ext|file)::|^fd::/.test(named ?? "")) return false;
  found.egress(scp ? `ssh://${scp[1]}` : (named ?? null), sub === "fetch" || sub === "ls-remote" || sub === "clone" || sub === "pull");
  return true;
}

function dialled(how: Extract<CommandKind, { kind: "egress" }>["how"], name: string, argv: readonly Argument[], found: Findings): boolean {
  switch (how) {
    case "curl":
    case "wget":
      return fetched(how, argv, found);
    case "look-up":
      for (const one of operands(argv)) found.egress(one.text?.replace(/^@/, "") ?? null, true);
      if (operands(argv).length === 0) found.egress(null, true);
      return true;
    case "connect": {
      const [host, port] = operands(argv);
      const both = host?.text !== undefined && host.text !== null && port?.text !== undefined && /^\d{1,5}$/.test(port.text ?? "");
      found.class("3", "connect");
      found.egress(both && name !== "socat" && name !== "openssl" ? `${host.text}:${port.text}` : null, false);
      return true;
    }
    case "remote": {
      found.class("3", "remote");
      const far =
        name === "ssh" || name === "mosh"
          ? afterOptions(argv, ["-p", "-i", "-l", "-o", "-F", "-L", "-R", "-D", "-J", "-b", "-c", "-e", "-m", "-W"]).slice(0, 1)
          : operands(argv).filter((one) => one.text === null || one.text.includes(":"));
      for (const one of far) {
        const host = /^(?:[\w.-]+@)?([\w.-]+)(?::.*)?$/.exec(one.text ?? "")?.[1];
        found.egress(host === undefined ? null : `ssh://${host}`, false);
      }
      if (far.length === 0) found.egress(null, false);
      return true;
    }
  }
}

const sending = /^(-[a-zA-Z]*[dFT]|--(data.*|json|form.*|upload-file|post-data|post-file|body-data|body-file))(=|$)/;
const saving = /^(-[a-zA-Z]*[oOcJDP]|--(output|output-dir|output-document|remote-name|cookie-jar|directory-prefix|dump-header))(=|$)/;
const elsewhere =
  /^(-x|-K|--(config|proxy.*|preproxy|socks.*|resolve|connect-to|unix-socket|abstract-unix-socket|dns-.*|doh-url|execute|input-file|location-trusted|netrc.*)|-i|-e)(=|$)/;
function fetched(how: "curl" | "wget", argv: readonly Argument[], found: Findings): boolean {
  let get = true;
  // The method may stand after the address: addresses are reported once it is known.
  const addresses: (string | null)[] = [];
  for (let at = 0; at < argv.length; at++) {
    const one = argv[at];
    if (one === undefined) break;
    if (!isOption(one)) {
      addresses.push(one.text === null || one.glob || /[{}[\]]/.test(one.text) ? null : one.text);
      continue;
    }
    const option = one.text;
    if (option === null) {
      found.unparsable();
      continue;
    }
    if (sending.test(option)) get = false;
    if (/^(-[a-zA-Z]*X|--(request|method))/.test(option))
      get &&= /^(GET|HEAD)$/i.test(option.split("=")[1] ?? (/X(.+)$/.exec(option)?.[1] || (argv[at + 1]?.text ?? "")));
    if (saving.test(option) || (how === "wget" && !/^--spider$/.test(option))) found.class("2", "write");
    if (elsewhere.test(option) && !(how === "wget" && option === "-i") && !(how === "curl" && (option === "-i" || option === "-e")))
      found.class("3", "elsewhere");
    const valued = (how === "curl" ? valuedCurl : valuedWget).test(option);
    const value = valued ? argv[at + 1] : undefined;
    if (valued) at++;
    if (value?.text === null) found.unparsable();
    if (value !== undefined && saving.test(option) && /o|c|D|P/.test(option)) found.write(value);
    if (value?.text?.includes("@") === true && sending.test(option)) found.read({ ...value, text: value.text.slice(value.text.indexOf("@") + 1) });
    else if (value !== undefined && /^(-T|--upload-file|--post-file|--body-file)$/.test(option)) found.read(value);
    if (/^--url(=|$)/.test(option)) addresses.push(option.includes("=") ? option.slice(6) : (argv[++at]?.text ?? null));
  }
  if (how === "wget") found.class("2", "write");
  for (const address of addresses.length === 0 ? [null] : addresses) found.egress(address, get);
  return true;
}
