import { createInterface } from "node:readline";
import { z } from "zod";
import { fill } from "../../words/index.ts";
import { command, type Kit } from "../kit.ts";
import type { CheckedRow } from "../local.ts";
import { refuse } from "../refusal.ts";
import type { Session } from "../session.ts";

const row = z.object({ id: z.string(), text: z.string(), kind: z.string().optional() });

/** `aos gate check --jsonl`: the filters as shipped, over lines from stdin; no aosd is needed. */
export function addGate({ program, text, act }: Kit): void {
  const gate = command(program, "gate", text.command.gate);
  command(gate, "check", text.command.gateCheck).requiredOption("--jsonl", text.option.jsonl).action(act(check));
}

async function check(session: Session): Promise<void> {
  const judge = await session.io.local.checker();
  let number = 0;
  for await (const line of createInterface({ input: session.io.lines(), crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() === "") continue;
    session.io.out(`${JSON.stringify(judge(read(line, number, session)))}\n`);
  }
}

function read(line: string, number: number, session: Session): CheckedRow {
  try {
    const { kind, ...rest } = row.parse(JSON.parse(line));
    return kind === undefined ? rest : { ...rest, kind };
  } catch {
    return refuse("cli.usage", { message: fill(session.tongue.text.usage.badLine, { number }) });
  }
}
