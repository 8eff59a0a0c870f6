import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "./child.ts";

export interface Figure {
  value: number | "unknown";
  unit: string;
  /** How many measurements it stands on. */
  n: number;
  /** `<= 300` or `>= 12`; null where no goal is set. */
  goal: string | null;
}
export type Figures = Record<string, Figure>;

interface Runnable {
  run(): Promise<Figures>;
}

/** Modules of a folder that can be named: all but the runner, tests and helpers in subfolders. */
export function namesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".ts") && file !== "run.ts" && !file.endsWith(".test.ts"))
    .map((file) => file.slice(0, -".ts".length))
    .toSorted();
}

/** True when the value reaches the goal, "unknown" when there is no value or no goal. */
export function reached({ value, goal }: Figure): boolean | "unknown" {
  const [, sign, limit] = /^(<=|>=) (-?[\d.]+)$/.exec(goal ?? "") ?? [];
  if (value === "unknown" || sign === undefined) return "unknown";
  return sign === "<=" ? value <= Number(limit) : value >= Number(limit);
}

/** The machine that the figures belong to. */
export function machine(): string {
  const all = cpus();
  return `${all[0]?.model.trim() ?? "unknown"} x ${all.length}, ${Math.round(totalmem() / 1e9)} GB, ${process.platform} ${release()}, Node ${process.version}`;
}

/** The commit that is measured; `+` when files differ from it. */
export function commit(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain") === "" ? "" : "+"}`;
}

/**
 * Runs `npm run bench|soak -- NAME [--json]`. A goal that is missed is reported, not hidden and not an error; what
 * throws is. Returns the exit code.
 */
export async function runNamed(folder: "test/bench" | "test/soak", argv: readonly string[]): Promise<number> {
  const json = argv.includes("--json");
  const name = argv.find((argument) => !argument.startsWith("--"));
  const names = namesIn(folder);
  if (name === undefined || !names.includes(name)) {
    console.error(`${name === undefined ? "Name one of" : `There is no ${name}. Name one of`}: ${names.join(", ") || "(none yet)"}`);
    return 2;
  }
  const module = (await import(join(root, folder, `${name}.ts`))) as Partial<Runnable>;
  if (typeof module.run !== "function") throw new TypeError(`${folder}/${name}.ts exports no run()`);
  const figures = await module.run();
  if (json) {
    console.log(JSON.stringify({ name, machine: machine(), commit: commit(), figures }));
    return 0;
  }
  console.log(`${name} · ${machine()} · ${commit()}`);
  for (const [key, figure] of Object.entries(figures)) {
    const met = reached(figure);
    console.log(
      [
        key.padEnd(28),
        String(figure.value).padStart(10),
        figure.unit.padEnd(8),
        `n ${figure.n}`.padEnd(8),
        figure.goal === null ? "" : `goal ${figure.goal}${met === false ? "  MISSED" : ""}`,
      ]
        .join("  ")
        .trimEnd(),
    );
  }
  return 0;
}
