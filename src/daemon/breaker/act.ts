import { createHash } from "node:crypto";
import type { GateAnswer, GateRequest } from "../../contract/breaker.ts";
import type { Log } from "../kernel/log.ts";
import type { Custody } from "./custody/custody.ts";
import { SpawnError } from "./custody/tool.ts";
import type { GateCaller } from "./gate/ports.ts";
import type { RunResult } from "./custody/run.ts";

/** What a runtime registered as a tool's program. The act's arguments reach it as one JSON object on stdin. */
export interface ToolProgram {
  command: string;
  args: readonly string[];
  network: "none" | "proxy";
}

/** A verdict, and what became of the act where it was carried out. */
export interface Performed extends GateAnswer {
  outcome: RunResult["outcome"] | "not-started" | null;
  /** Why it did not start. */
  problem: string | null;
  output: string | null;
}

export interface ActDeps {
  custody: Custody;
  log: Log;
  judge(request: GateRequest, caller: GateCaller): Promise<GateAnswer>;
  /** Where an act without a working folder works. */
  workspace: string;
  /** A text without its secrets, as the log may keep it. */
  redact(text: string): string;
  /** A text without the vault's own values, as an agent may read it. */
  hide(text: string): string;
  outcome(act: string, epoch: number, how: { outcome: "done" | "failed" | "stopped"; resultHash: string | null }): Promise<unknown>;
}

const LIMITS = { ms: 120_000, outputBytes: 1_048_576 };
const SHOWN_BYTES = 65_536;
/** What `shell.run` starts. */
export const shell: ToolProgram = { command: "/bin/sh", args: ["-c"], network: "proxy" };

/** Asks the gate, and carries out what it lets through as a child process in custody: verdict, act, outcome, in that order in the log. */
export function createActs({ custody, log, judge, outcome, redact, hide, workspace }: ActDeps) {
  const run = async (request: GateRequest, answer: GateAnswer, program: ToolProgram, signal: AbortSignal): Promise<RunResult> => {
    const isShell = request.tool === "shell.run";
    const { command } = request.args;
    if (isShell && typeof command !== "string") throw new SpawnError("args-invalid");
    const spec = {
      epoch: answer.epoch,
      command: program.command,
      args: isShell && typeof command === "string" ? [...program.args, command] : program.args,
      cwd: request.cwd ?? workspace,
      env: {},
      stdin: isShell ? "" : JSON.stringify(request.args),
      network: program.network,
      act: answer.act,
      agent: redact(request.agent),
      limits: LIMITS,
    };
    return (await custody.spawn(spec, signal)).done;
  };

  const running = new Map<string, { act: string; agent: string; tool: string }>();
  return {
    /** Acts whose tools run at this moment. */
    running: () => [...running.values()],
    async perform(request: GateRequest, tools: Readonly<Record<string, ToolProgram>>, caller: GateCaller, signal: AbortSignal): Promise<Performed> {
      const answer = await judge(request, caller);
      const nothing = { ...answer, outcome: null, problem: null, output: null };
      if (answer.decision !== "allow" && answer.decision !== "notify") return nothing;
      const program = request.tool === "shell.run" ? shell : tools[request.tool];
      if (program === undefined) {
        await outcome(answer.act, answer.epoch, { outcome: "failed", resultHash: null });
        return { ...nothing, outcome: "not-started", problem: "no-such-tool" };
      }
      running.set(answer.act, { act: answer.act, agent: request.agent, tool: request.tool });
      try {
        const result = await run(request, answer, program, signal);
        if (result.outcome === "failed")
          log.info("act.failed", { act: answer.act, code: result.code, signal: result.signal, stderr: redact(result.stderr).slice(0, 500) });
        const ended = result.outcome === "done" ? "done" : result.outcome === "stopped" ? "stopped" : "failed";
        await outcome(answer.act, answer.epoch, {
          outcome: ended,
          resultHash: createHash("sha256").update(`${result.outcome} ${result.code}\n${result.stdout}`).digest("hex"),
        });
        return { ...answer, outcome: result.outcome, problem: null, output: hide(result.stdout.slice(0, SHOWN_BYTES)) };
      } catch (error) {
        if (!(error instanceof SpawnError)) throw error;
        log.warn("act.not-started", { act: answer.act, why: error.code, cause: error.cause });
        await outcome(answer.act, answer.epoch, { outcome: error.code === "latched" ? "stopped" : "failed", resultHash: null });
        return { ...nothing, outcome: "not-started", problem: error.code };
      } finally {
        running.delete(answer.act);
      }
    },
  };
}
