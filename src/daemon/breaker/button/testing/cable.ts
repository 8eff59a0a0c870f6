import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Cable {
  /** The end that the daemon opens. */
  host: string;
  /** The end that the simulated button opens. */
  button: string;
  /** Takes the cable out: both ends vanish, as with USB. */
  cut(): Promise<void>;
  /** Puts it in again, under the same names. */
  plug(): Promise<void>;
  remove(): Promise<void>;
}

/** A serial cable between two pseudo terminals, by `socat`. Rejects where socat can't be started. */
export async function layCable(): Promise<Cable> {
  const folder = mkdtempSync(join(tmpdir(), "aos-button-"));
  const [host, button] = [join(folder, "host"), join(folder, "button")];
  let socat: ChildProcess | undefined;
  const cut = async () => {
    const child = socat;
    socat = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    for (const end of [host, button]) rmSync(end, { force: true });
  };
  const plug = async () => {
    await cut();
    const child = spawn("socat", [`pty,raw,echo=0,link=${host}`, `pty,raw,echo=0,link=${button}`], { stdio: "ignore" });
    socat = child;
    const failed = new Promise<never>((_, reject) => child.once("error", reject));
    const ready = async () => {
      for (let tries = 0; tries < 500; tries++) {
        if (existsSync(host) && existsSync(button)) return;
        await sleep(10);
      }
      throw new Error("socat made no pseudo terminals within 5 s");
    };
    await Promise.race([ready(), failed]);
  };
  await plug();
  return {
    host,
    button,
    cut,
    plug,
    async remove() {
      await cut();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
