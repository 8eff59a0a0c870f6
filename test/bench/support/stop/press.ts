import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("./button.ts", import.meta.url));

export interface Button {
  /** Presses; the machine's monotonic milliseconds just before the write to the pty. */
  press(): Promise<number>;
  release(): Promise<number>;
  end(): void;
}

/** The simulated button at one end of the cable; ahead of other processes where that is allowed. */
export async function startButton(path: string, key: Buffer): Promise<Button> {
  const first = process.getuid?.() === 0 ? ["nice", "-n", "-10"] : [];
  const command = [...first, process.execPath, entry, path, key.toString("hex")];
  const child = spawn(command[0] ?? "", command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
  const waiting: ((line: string) => void)[] = [];
  createInterface(child.stdout).on("line", (line) => waiting.shift()?.(line));
  const answer = () => new Promise<string>((resolve) => waiting.push(resolve));
  const say = async (what: string) => {
    const said = answer();
    child.stdin.write(`${what}\n`);
    return Number(await said);
  };
  await answer();
  return { press: () => say("press"), release: () => say("release"), end: () => child.stdin.end() };
}
