import type { LogCheck } from "../contract/breaker.ts";

/** One line of `aos gate check --jsonl`. `kind` says where the text came from, where the caller knows. */
export interface CheckedRow {
  id: string;
  text: string;
  kind?: string;
}

/** What the log was when somebody looked: kept outside the rack, so that a rebuilt log is found. */
export interface LogPin {
  logId: string;
  size: number;
  root: string;
  publicKey: string;
}

/** What the CLI does itself, without a running aosd, by code of the daemon that the entry hands in. Loaded when it is needed. */
export interface Local {
  /** Judges text by the filters as shipped. Rejects when the shipped model can't be read. */
  checker(): Promise<(row: CheckedRow) => object>;
  /** Checks a log file from its first row, against a pin if one is given. */
  verifyLog(path: string, pin: LogPin | undefined): Promise<Omit<LogCheck, "at">>;
}
