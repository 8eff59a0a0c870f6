import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { createStream } from "rotating-file-stream";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import { redact } from "./redact.ts";

export interface FileLog extends Log {
  dir: string;
  /** Writes what is queued and closes the file. */
  close(): Promise<void>;
}

/** JSON lines in `<stateDir>/log/aosd.log`, rotated by size and count; secrets are replaced before they are written. A full disk drops lines, it never stops the daemon. */
export function createFileLog(config: Pick<Config, "stateDir" | "logLevel" | "logMegabytes" | "logFiles">): FileLog {
  const dir = join(config.stateDir, "log");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const stream = createStream((index: number | Date | null) => (typeof index === "number" && index > 0 ? `aosd.${index}.log` : "aosd.log"), {
    path: dir,
    size: `${config.logMegabytes}M`,
    rotate: config.logFiles,
    mode: 0o600,
  });
  let told = false;
  const lost = () => {
    if (told) return;
    told = true;
    process.stderr.write("aosd: the log can't be written (is the disk full?); work goes on without it\n");
  };
  stream.on("error", lost);
  stream.on("warning", lost);
  const root = pino({ level: config.logLevel, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  const wrap = (logger: pino.Logger): Log => {
    const line = (level: "debug" | "info" | "warn" | "error") => (event: string, fields?: Record<string, unknown>) =>
      logger[level]({ event, ...(redact(fields ?? {}) as object) });
    return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error"), child: (fields) => wrap(logger.child(fields)) };
  };
  return { ...wrap(root), dir, close: () => new Promise((resolve) => stream.end(() => resolve())) };
}
