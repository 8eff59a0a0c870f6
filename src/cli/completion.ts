import type { Command } from "commander";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

interface Place {
  /** Words typed so far, without options: `pair add`. Empty at the top. */
  path: string;
  words: { word: string; about: string }[];
}

const scripts: Record<Shell, (found: readonly Place[]) => string> = {
  bash,
  // zsh can run bash's completions; one script less to keep true.
  zsh: (found) => `autoload -U +X bashcompinit && bashcompinit\n${bash(found)}`,
  fish,
};

/** A script that completes commands and options; made from the very commands that run. */
export function completion(program: Command, shell: Shell): string {
  return scripts[shell](places(program, ""));
}

function places(at: Command, path: string): Place[] {
  const commands = at.commands.map((child) => ({ word: child.name(), about: child.description() }));
  const options = at.options.flatMap((option) => (option.long ? [{ word: option.long, about: option.description }] : []));
  return [{ path, words: [...commands, ...options] }, ...at.commands.flatMap((child) => places(child, path === "" ? child.name() : `${path} ${child.name()}`))];
}

function bash(found: readonly Place[]): string {
  const global = found[0]?.words.filter(({ word }) => word.startsWith("--")) ?? [];
  const cases = found.map(({ path, words }) => `    "${path}") words="${[...words, ...(path === "" ? [] : global)].map(({ word }) => word).join(" ")}" ;;`);
  return `_aos() {
  local path="" words="" word i known
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ $word == -* ]] && continue
    known="\${path:+$path }$word"
    case "$known" in
${found.flatMap(({ path }) => (path === "" ? [] : [`      "${path}") path="$known" ;;`])).join("\n")}
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _aos aos
`;
}

function fish(found: readonly Place[]): string {
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = found.flatMap(({ path, words }) => {
    const last = path.split(" ").at(-1) ?? "";
    const children = words.flatMap(({ word }) => (word.startsWith("--") ? [] : [word]));
    const inside =
      path === ""
        ? "__fish_use_subcommand"
        : `__fish_seen_subcommand_from ${last}${children.length === 0 ? "" : `; and not __fish_seen_subcommand_from ${children.join(" ")}`}`;
    return words.map(({ word, about }) =>
      word.startsWith("--")
        ? `complete -c aos ${path === "" ? "" : `-n ${quote(`__fish_seen_subcommand_from ${last}`)} `}-l ${word.slice(2)} -d ${quote(about)}`
        : `complete -c aos -f -n ${quote(inside)} -a ${word} -d ${quote(about)}`,
    );
  });
  return `${lines.join("\n")}\n`;
}
