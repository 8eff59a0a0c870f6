import { forEachChild, parse, type Assignment, type Command, type Redirection, type SyntaxNode, type Word } from "unbash";
import type { ActionClass } from "../../../../contract/breaker.ts";
import { hostOf } from "./hosts.ts";
import { destroyClass, placeOf, readClass, writeClass, type Placed, type Places } from "./paths.ts";
import { isHarmlessVariable } from "./shell-commands.ts";
import { judgeCommand } from "./shell-judge.ts";
import type { Part } from "./types.ts";

/** What a command would do, every node of it. The strictest part decides. */
export interface ShellFacts {
  parts: readonly Part[];
  paths: readonly string[];
  /** False where a path hangs on a variable, a glob or a folder that can't be known. */
  pathsWhole: boolean;
  /** Commands that it names, for the title. */
  programs: readonly string[];
  /** False: it could not be read whole, so a person has to look. */
  parsed: boolean;
  /** It may dial by itself. */
  dials: boolean;
}

/** A word as the shell would see it: its text, or null where it can't be known before it runs. */
export interface Argument {
  text: string | null;
  /** The part before the first glob character; the whole text where there is none. */
  stem: string;
  glob: boolean;
  source: string;
}

/** What a command's judge reports to. */
export interface Findings {
  class(one: ActionClass, why: string): void;
  read(argument: Argument): void;
  write(argument: Argument): void;
  destroy(argument: Argument): void;
  /** Null: the far end can't be known. */
  egress(address: string | null, get: boolean): void;
  dials(): void;
  unparsable(): void;
  /** Judges further shell text, or a command that stands in another's arguments. */
  script(text: string | null): void;
  command(words: readonly Argument[]): void;
}

const LONGEST = 65_536;
const DEEPEST = 12;
/** The far end of an address that can't be known before the command runs; no list can name it. */
export const UNKNOWN_HOST = "?";

/** Classifies a shell command by its syntax tree. Never throws; what can't be read is class 3 and asked. */
export function classifyShell(command: string, cwd: string | null, places: Places): ShellFacts {
  const parts = new Map<string, Part>();
  const paths = new Set<string>();
  const programs = new Set<string>();
  let pathsWhole = true;
  let parsed = true;
  let dials = false;
  const add = (part: Part) => parts.set(JSON.stringify(part), part);
  const give = (one: ActionClass, why: string) => void add({ kind: "class", class: one, why });
  let base: string | null = cwd ?? places.workspace[0] ?? null;

  const place = (argument: Argument): Placed => {
    const text = argument.text ?? argument.stem;
    const beyond = argument.source.slice(argument.stem.length);
    const known = argument.text !== null && (!argument.glob || !/\.\.|\{/.test(beyond));
    if (!known || argument.glob) pathsWhole = false;
    if (!known || (base === null && !text.startsWith("/"))) return { path: argument.source, place: "unknown", rules: false };
    const placed = placeOf(argument.glob ? `${argument.stem}glob` : text, base, places);
    paths.add(placed.path);
    // `.*` and `*.pem` match private names that the stem doesn't show.
    return argument.glob && /(^|\/)\.[^/]*$|pem|key|env|ssh/i.test(argument.source) ? { ...placed, place: "private" } : placed;
  };

  const findings = (depth: number): Findings => ({
    class: give,
    read: (argument) => give(readClass(place(argument)), "read"),
    write: (argument) => (harmlessTarget(argument) ? give("1", "read") : give(writeClass(place(argument)), "write")),
    destroy: (argument) => give(destroyClass(place(argument)), "delete"),
    egress(address, get) {
      dials = true;
      add({ kind: "egress", host: (address === null ? null : hostOf(address)) ?? UNKNOWN_HOST, get });
    },
    dials: () => void (dials = true),
    unparsable: () => void (parsed = false),
    script(text) {
      if (text === null || depth >= DEEPEST) return void (parsed = false);
      walk(parse(text), depth + 1);
    },
    command: (argv) => run(argv, depth + 1),
  });

  const run = (argv: readonly Argument[], depth: number) => {
    const [name] = argv;
    if (name === undefined) return;
    if (depth > DEEPEST || name.text === null || name.glob) {
      parsed = false;
      pathsWhole = false;
      return give("3", "variable-command");
    }
    programs.add(name.text.slice(0, 64));
    if (!judgeCommand(name.text, argv.slice(1), findings(depth))) {
      // Unknown code may write anywhere and dial anyone.
      pathsWhole = false;
      dials = true;
      give("3", "unknown-command");
    }
  };

  const redirect = (one: Redirection, depth: number) => {
    if (one.type !== "Redirect") return;
    const target = one.target && argumentOf(one.target);
    if (target === undefined) return void (parsed = false);
    const net = /^\/dev\/(?:tcp|udp)\/([^/]+)\/(\d+)$/.exec(target.text ?? target.source);
    if (net) return findings(depth).egress(target.text === null ? null : `${net[1]}:${net[2]}`, false);
    if (/^(<&|>&)$/.test(one.operator) && /^(\d+-?|-)$/.test(target.text ?? "")) return;
    if (one.operator === "<" || one.operator === "<&") findings(depth).read(target);
    else findings(depth).write(target);
  };

  const assign = (one: Assignment) => {
    if (!isHarmlessVariable(one.name)) give("3", "environment");
  };

  const walk = (node: SyntaxNode, depth: number): void => {
    if (depth > 400) return void (parsed = false);
    if (node.type === "Script" && (("errors" in node ? node.errors?.length : 0) ?? 0) > 0) parsed = false;
    if (node.type === "Command") {
      const words = node.args.flatMap((one) => (one.type === "Word" ? [argumentOf(one)] : [{ ...plain(one.text), text: isPlain(one.text) ? one.text : null }]));
      for (const one of [...node.prefix, ...node.suffix]) if (one.type === "Assignment") assign(one);
      for (const one of node.redirects) redirect(one, Math.min(depth, DEEPEST));
      if (node.name) run([argumentOf(node.name), ...words], nesting(depth));
      else give("1", "assign");
    } else if (node.type === "Redirected") for (const one of node.redirects) redirect(one, 0);
    // Two parentheses are arithmetic in bash and a subshell in other shells.
    else if (node.type === "ArithmeticCommand") parsed = false;
    else if ((node.type === "CommandExpansion" || node.type === "ProcessSubstitution" || node.type === "ArithmeticCommandExpansion") && !node.script)
      parsed = false;
    else if (node.type === "ParameterExpansion" && (node.prefix === "!" || node.operation?.type === "Transform" || node.operation?.type === "Unknown"))
      parsed = false;
    forEachChild(node, (child) => walk(child, depth + 1));
  };
  const nesting = (depth: number) => Math.floor(depth / 40);

  try {
    if (command.length > LONGEST || command.includes("\0")) parsed = false;
    else {
      const script = parse(command);
      base = baseAfterMoves(script, base, places);
      walk(script, 0);
    }
  } catch {
    // A parser that gives up is one more way of not being readable.
    parsed = false;
  }
  if (parts.size === 0) give("3", "nothing");
  if (!parsed) {
    give("3", "unparsable");
    pathsWhole = false;
    dials = true;
  }
  return { parts: [...parts.values()], paths: [...paths].slice(0, 64), pathsWhole, programs: [...programs].slice(0, 16), parsed, dials };
}

const harmlessTarget = ({ text }: Argument) => text !== null && /^\/dev\/(null|stdout|stderr|tty|fd\/\d+)$/.test(text);
const isPlain = (text: string) => !/[$`*?[\\'"{~]/.test(text);
const plain = (source: string): Argument => ({ text: source, stem: source, glob: false, source });

/** The text of a word if it is the same whatever the variables hold. */
export function argumentOf(word: Word): Argument {
  if (word.parts === undefined) return { ...plain(word.value), text: word.text.startsWith("~") ? null : word.value, source: word.value };
  let text: string | null = "";
  let stem = "";
  let glob = false;
  for (const part of word.parts) {
    let piece: string | null = null;
    if (part.type === "Literal" || part.type === "SingleQuoted" || part.type === "AnsiCQuoted") piece = part.value;
    else if ((part.type === "DoubleQuoted" || part.type === "LocaleString") && part.parts.every((inner) => inner.type === "Literal"))
      piece = part.parts.map((inner) => (inner.type === "Literal" ? inner.value : "")).join("");
    else if (part.type === "Glob" || part.type === "ExtendedGlob") {
      glob = true;
      piece = part.text;
    } else if (part.type === "BraceExpansion") {
      // It becomes several words: none of them can be named here.
      glob = true;
      piece = null;
    }
    if (piece === null) text = null;
    else if (text !== null) text += piece;
    if (!glob && text !== null) stem = text;
  }
  if (word.text.startsWith("~")) text = null;
  return { text, stem, glob, source: word.value };
}

/** Where relative paths start once the command moves about: nowhere known, unless every move stays below and is written out. */
function baseAfterMoves(script: SyntaxNode, base: string | null, places: Places): string | null {
  let moves = false;
  let stays = true;
  const look = (node: SyntaxNode): void => {
    if (node.type === "Command" && movesAbout(node)) {
      moves = true;
      const target = node.args.find((one) => !(one.type === "Word" && one.value.startsWith("-")));
      const to = target?.type === "Word" ? argumentOf(target) : undefined;
      if (to === undefined || to.text === null || to.glob || to.text.includes("..") || placeOf(to.text, base, places).place !== "workspace") stays = false;
    }
    forEachChild(node, look);
  };
  look(script);
  // Below the same folder: a path without `..` is inside it too, and one with `..` is judged from the first folder, which is higher up.
  return moves && !stays ? null : base;
}

const movesAbout = (node: Command) =>
  /^(builtin|command|cd|pushd|popd)$/.test(node.name?.value ?? "") &&
  (/^(cd|pushd|popd)$/.test(node.name?.value ?? "") || node.args.some((one) => /^(cd|pushd|popd)$/.test(one.type === "Word" ? one.value : "")));
