import { existsSync, statSync } from "node:fs";
import { until, wait } from "../stats.ts";

/** Programs that write a line again and again until they are dead, each in its own bad way. `file` is where the lines go. */
export const tools = {
  polite: (file: string) => ["sh", "-c", `while :; do echo x >>'${file}'; sleep 0.01; done`],
  ignoresTerm: (file: string) => ["sh", "-c", `trap '' TERM INT HUP; while :; do echo x >>'${file}'; sleep 0.01; done`],
  doubleForks: (file: string) => ["sh", "-c", `(setsid sh -c "trap '' TERM; while :; do echo x >>'${file}'; sleep 0.01; done" &); exec sleep 1000`],
  spins: (file: string) => ["nice", "sh", "-c", `i=0; while :; do i=$((i+1)); [ $((i%5000)) = 0 ] && echo x >>'${file}'; done`],
} as const satisfies Record<string, (file: string) => string[]>;
export type ToolKind = keyof typeof tools;

/** Wall time of the last line that a tool wrote. */
export const lastLineAt = (file: string): number => statSync(file).mtimeMs;

/** Waits until a tool writes. */
export const writes = (file: string) => until(() => existsSync(file) && Date.now() - lastLineAt(file) < 100, 5000, 5);

/** Waits until none of the tools has written for a second; gives the wall time of the very last line. */
export async function lastOfAll(files: readonly string[], limitMs = 15_000): Promise<number> {
  const last = () => Math.max(...files.map(lastLineAt));
  await until(() => Date.now() - last() > 1000, limitMs, 20);
  await wait(100);
  return last();
}
