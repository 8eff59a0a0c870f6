import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCustody, custodyInstance } from "./custody.ts";
import { connectReaper } from "./testing/reaper-channel.ts";
import { createClock } from "../../kernel/clock.ts";
import { startBench, unconfined, type Bench } from "./testing/bench.ts";
import { SpawnError, type CustodyDeps, type ToolSpec } from "./tool.ts";

const never = new AbortController().signal;
const wait = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));
let bench: Bench;
const begin = async (changes: Partial<CustodyDeps> = {}) => {
  await bench?.stop();
  bench = await startBench(unconfined, changes);
};
beforeEach(async () => {
  bench = await startBench(unconfined);
});
afterEach(async () => {
  await bench.stop();
});

const run = async (part: Partial<ToolSpec> & Pick<ToolSpec, "command" | "args">, signal = never) => (await bench.custody.spawn(bench.spec(part), signal)).done;
const refusal = async (part: Partial<ToolSpec> & Pick<ToolSpec, "command" | "args">): Promise<string> => {
  try {
    const started = await bench.custody.spawn(bench.spec(part), never);
    await started.done;
    return "started";
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    return error.code;
  }
};

describe("a tool", () => {
  it("is given its arguments, its input and its folder, and its output and code come back", async () => {
    const result = await run({ command: "sh", args: ["-c", 'cat; echo "$1"; pwd; echo oops >&2; exit 3', "x", "a 'b' $c"], stdin: "in\n" });
    expect(result).toMatchObject({
      code: 3,
      signal: null,
      outcome: "failed",
      stdout: `in\na 'b' $c\n${bench.custody.home("agent-1")}\n`,
      stderr: "oops\n",
      droppedBytes: 0,
    });
    expect((await run({ command: "true", args: [] })).outcome).toBe("done");
    expect(await run({ command: "sh", args: ["-c", "kill -SEGV $$"] })).toMatchObject({ code: null, signal: "SIGSEGV", outcome: "failed" });
  });

  it("has an environment of its own, with nothing of the daemon's", async () => {
    process.env["AOS_TEST_OF_THE_DAEMON"] = "secret-of-the-daemon";
    try {
      const { stdout } = await run({ command: "env", args: [], env: { A: "1\n2'3" } });
      const names = [...stdout.matchAll(/^([A-Za-z_]\w*)=/gm)].map(([, name]) => name);
      expect(new Set(names)).toEqual(new Set(["A", "AOS_CUSTODY", "HOME", "LANG", "OLDPWD", "PATH", "PWD", "TMPDIR"]));
      expect(stdout).toContain("A=1\n2'3\n");
      expect(stdout).not.toContain("secret-of-the-daemon");
    } finally {
      delete process.env["AOS_TEST_OF_THE_DAEMON"];
    }
  });

  it("holds no file of the daemon's but its three pipes", async () => {
    // What this process itself inherited is no doing of custody's: open without close-on-exec.
    const inherited = new Set(
      readdirSync("/proc/self/fd").filter((fd) => {
        const flags = existsSync(`/proc/self/fdinfo/${fd}`)
          ? (/^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1] ?? "0")
          : "2000000";
        return Number(fd) > 2 && (Number.parseInt(flags, 8) & 0o2000000) === 0;
      }),
    );
    const { stdout } = await run({ command: "sh", args: ["-c", "ls /proc/self/fd"] });
    // 3 is the folder that ls itself reads.
    expect(
      stdout
        .trim()
        .split("\n")
        .filter((fd) => !inherited.has(fd)),
    ).toEqual(["0", "1", "2", "3"]);
  });

  it("gets secrets at the last moment and never as an argument", async () => {
    let filled = 0;
    await begin({
      fillSecrets: async ({ env, stdin }) => {
        filled += 1;
        return { env: { ...env, TOKEN: "s3cret-value" }, stdin: stdin?.replace("{{vault:in}}", "s3cret-input") ?? null };
      },
    });
    const { stdout } = await run({
      command: "sh",
      args: ["-c", 'echo "$TOKEN"; cat; tr "\\0" " " </proc/$PPID/cmdline; tr "\\0" " " </proc/self/cmdline'],
      env: { TOKEN: "{{vault:token}}" },
      stdin: "{{vault:in}}",
    });
    expect(stdout).toMatch(/^s3cret-value\ns3cret-input/);
    expect(stdout.match(/s3cret/g)).toHaveLength(2);
    expect(filled).toBe(1);
    expect(await refusal({ command: "echo", args: ["--token={{vault:token}}"] })).toBe("secret-in-args");
    expect(filled).toBe(1);
    await begin({ fillSecrets: () => Promise.reject(new Error("no vault")) });
    expect(await refusal({ command: "true", args: [] })).toBe("secret-unavailable");
  });

  it("is stopped when its time is up, and when its caller goes", async () => {
    expect(await run({ command: "sleep", args: ["60"], limits: { ms: 300, outputBytes: 100 } })).toMatchObject({ outcome: "timed-out" });
    const caller = new AbortController();
    const done = run({ command: "sleep", args: ["60"] }, caller.signal);
    setTimeout(() => caller.abort(), 300);
    expect(await done).toMatchObject({ outcome: "stopped", signal: "SIGTERM" });
  });

  it("may write without end: what is kept is limited, the rest is counted, nobody blocks", async () => {
    const result = await run({
      command: "sh",
      args: ["-c", "head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2"],
      limits: { ms: 30_000, outputBytes: 1000 },
    });
    expect(result).toMatchObject({ outcome: "done", stdout: "x".repeat(1000), stderr: "end\n", droppedBytes: 2_999_000 });
  });

  it("hands on its lines as they come", async () => {
    const started = await bench.custody.spawn(
      bench.spec({ command: "sh", args: ["-c", "echo a; echo b >&2; printf '한'; sleep 0.1; printf '글\\nlast'"] }),
      never,
    );
    const lines: string[] = [];
    started.onLine(({ stream, text }) => lines.push(`${stream} ${text}`));
    await started.done;
    expect(lines.toSorted()).toEqual(["stderr b", "stdout a", "stdout last", "stdout 한글"]);
  });
});

describe("nothing of a tool runs", () => {
  const trace = () => join(bench.stateDir, "ran");
  const touch = () => ({ command: "touch", args: [trace()] });
  afterEach(() => {
    if (existsSync(trace())) throw new Error("a tool that was refused has run");
  });

  it("after the latch fell, nor with an epoch that is over", async () => {
    expect(await refusal({ ...touch(), epoch: 0 })).toBe("latched");
    bench.fence.close();
    expect(await refusal(touch())).toBe("latched");
  });

  it("when the latch falls at the very last moment", async () => {
    await begin({
      fillSecrets: async (asked) => {
        bench.fence.close();
        return { env: asked.env, stdin: asked.stdin };
      },
    });
    expect(await refusal(touch())).toBe("latched");
    expect(await bench.keeper.alive()).toBe(0);
  });

  it("when the keeper does not answer within 500 ms, or says no", async () => {
    const clock = createClock();
    const silent = connectReaper({ postMessage() {}, on() {}, off() {} }, { clock });
    await begin({ keeper: { ...silent, end: async () => null, killAll: async () => ({ groups: [], ms: 0 }) } });
    const from = performance.now();
    expect(await refusal(touch())).toBe("not-tracked");
    expect(performance.now() - from).toBeLessThan(2000);
    await begin({
      keeper: { track: () => Promise.reject(new Error("no")), end: async () => null, killAll: async () => ({ groups: [], ms: 0 }), alive: async () => 0 },
    });
    expect(await refusal(touch())).toBe("not-tracked");
  });

  it("when it is another program than was approved", async () => {
    const tool = join(bench.custody.home("agent-1"), "tool");
    writeFileSync(tool, "#!/bin/sh\nexit 0\n");
    chmodSync(tool, 0o755);
    const binary = await bench.custody.resolve(tool, null, "agent-1");
    expect(binary?.sha256).toMatch(/^[0-9a-f]{64}$/);
    if (!binary) return;
    expect(await refusal({ command: tool, args: [], binary })).toBe("started");
    writeFileSync(tool, `#!/bin/sh\ntouch ${trace()}\n`);
    expect(await refusal({ command: tool, args: [], binary })).toBe("binary-changed");
    expect(await refusal({ command: "true", args: [], binary })).toBe("binary-changed");
  });

  it("when its program is swapped while it is being started", async () => {
    const tool = join(bench.custody.home("agent-1"), "tool");
    writeFileSync(tool, "#!/bin/sh\nexit 0\n");
    chmodSync(tool, 0o755);
    const { keeper } = bench;
    let swapped = false;
    const custodyKeeper = {
      ...keeper,
      track: async (group: Parameters<typeof keeper.track>[0]) => {
        writeFileSync(tool, `#!/bin/sh\ntouch ${trace()}\n`);
        swapped = true;
        return keeper.track(group);
      },
    };
    const second = createCustody({ ...bench.deps, keeper: custodyKeeper, instance: custodyInstance("second") });
    await expect(second.spawn(bench.spec({ command: tool, args: [] }), never)).rejects.toMatchObject({ code: "binary-changed" });
    expect(swapped).toBe(true);
    await second.stop();
  });

  it("with a name, a folder or a limit that is none", async () => {
    expect(await refusal({ command: "no-such-program-here", args: [] })).toBe("no-such-command");
    expect(await refusal({ command: "./x", args: [] })).toBe("no-such-command");
    expect(await refusal({ ...touch(), args: ["a\0b"] })).toBe("args-invalid");
    expect(await refusal({ ...touch(), limits: { ms: Number.NaN, outputBytes: 1 } })).toBe("args-invalid");
    expect(await refusal({ ...touch(), cwd: "/no/such/folder" })).toBe("cwd-missing");
    expect(await refusal({ ...touch(), env: { LD_PRELOAD: "x", AOS_CUSTODY: "other" } })).toBe("env-name");
    expect(await refusal({ ...touch(), network: "proxy" })).toBe("no-network-confinement");
  });

  it("in a folder that is hidden from tools, whichever way it is named", async () => {
    const inside = join(bench.stateDir, "audit");
    mkdirSync(inside);
    const link = join(bench.custody.home("agent-1"), "link");
    symlinkSync(inside, link);
    for (const cwd of [bench.stateDir, inside, link, "/run", "/", "/dev/shm"]) expect(await refusal({ ...touch(), cwd }), cwd).toBe("cwd-hidden");
  });
});

describe("after the latch", () => {
  it("what a tool still says is of no effect", async () => {
    const out = join(bench.custody.home("agent-1"), "out");
    const started = await bench.custody.spawn(
      bench.spec({ command: "sh", args: ["-c", `trap 'echo late; echo late >${out}; exit 0' TERM; echo early; while :; do sleep 0.05; done`] }),
      never,
    );
    const lines: string[] = [];
    started.onLine(({ text }) => lines.push(text));
    await expect.poll(() => lines.length).toBe(1);
    bench.fence.close();
    await bench.keeper.killAll();
    const result = await started.done;
    expect(result).toMatchObject({ outcome: "stopped", stdout: "early\n" });
    expect(result.droppedBytes).toBeGreaterThanOrEqual("late\n".length);
    expect(readFileSync(out, "utf8")).toBe("late\n");
    expect(lines).toEqual(["early"]);
  });

  it("a group that is tracked while the keeper kills dies too", async () => {
    const first = await bench.custody.spawn(bench.spec({ command: "sh", args: ["-c", "trap '' TERM; while :; do sleep 0.05; done"] }), never);
    await wait(100);
    const stopping = bench.keeper.killAll();
    // The latch is still open here, as for a tool that was let go an instant before.
    const second = await bench.custody.spawn(bench.spec({ command: "sleep", args: ["60"] }), never);
    const report = await stopping;
    expect(report.groups.map((group) => group.token).toSorted()).toEqual([first.token, second.token].toSorted());
    await Promise.all([first.done, second.done]);
  });
});
