import { mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../kernel/config.ts";

/** The folder that agents work in, made when it is missing. */
export function workspaceOf(config: Config): string {
  const path = config.workspace ?? `${config.stateDir}-work`;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return realpathSync(path);
}

/** Follows links as far as the path exists; null where that can't be known. */
export function resolved(path: string): string | null {
  for (let at = path, rest = ""; ;) {
    try {
      return join(realpathSync(at), rest);
    } catch (error) {
      if ((error as { code?: string }).code !== "ENOENT" || at === dirname(at)) return null;
      rest = join(at.slice(dirname(at).length), rest);
      at = dirname(at);
    }
  }
}
