import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { GateAnswer } from "../../../contract/breaker.ts";
import { openGate, sharedDatabase, type TestGate } from "./fake-ports.ts";
import type { GateDeps } from "./ports.ts";

const open: TestGate[] = [];
let shared: Awaited<ReturnType<typeof sharedDatabase>>;
beforeAll(async () => {
  shared = await sharedDatabase();
});
afterAll(() => shared.end());
afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
});
const gate = async (but: Partial<GateDeps> = {}, level: 1 | 2 | 3 | 4 | 5 = 3, own = false): Promise<TestGate> => {
  const one = await openGate(but, { level, ...(own ? {} : { db: await shared.fresh() }) });
  open.push(one);
  return one;
};
const hang = () => new Promise<never>(() => {});
/** Judges while the ceiling passes. */
const judged = async (one: TestGate, tool = "fs.read", args: Record<string, string> = { path: "orders.md" }): Promise<GateAnswer> => {
  const answer = one.judge(tool, args);
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
  one.clock.pass(3000);
  return answer;
};

describe("what fails, denies", () => {
  const broken: [string, Partial<GateDeps>, string][] = [
    [
      "the injection filter throws",
      {
        screen: {
          judge: () => {
            throw new Error("worker died");
          },
        },
      },
      "filter-failed",
    ],
    ["the injection filter hangs", { screen: { judge: hang } }, "timed-out"],
    ["the injection filter answers nonsense", { screen: { judge: () => ({ band: "fine", score: 0 }) as never } }, "filter-failed"],
    ["the injection filter gives no number", { screen: { judge: () => ({ band: "none", score: Number.NaN }) } }, "filter-failed"],
    [
      "the vault's search throws",
      {
        secrets: {
          find: () => {
            throw new Error("vault");
          },
        },
      },
      "filter-failed",
    ],
    ["the vault's search hangs", { secrets: { find: hang } }, "timed-out"],
    ["the vault's search answers nonsense", { secrets: { find: () => undefined as never } }, "filter-failed"],
    [
      "the log throws",
      {
        audit: {
          append: () => {
            throw new Error("closed");
          },
        },
      },
      "log-failed",
    ],
    ["the log refuses", { audit: { append: () => Promise.reject(new Error("disk full")) } }, "log-failed"],
    ["the log hangs", { audit: { append: hang } }, "timed-out"],
    ["the log answers nonsense", { audit: { append: () => Promise.resolve(undefined as never) } }, "log-failed"],
    [
      "the policy throws",
      {
        policy: {
          current: () => {
            throw new Error("file");
          },
          addKnown: () => Promise.resolve(),
        },
      },
      "policy-unreadable",
    ],
    ["the policy is missing", { policy: { current: () => null, addKnown: () => Promise.resolve() } }, "policy-unreadable"],
    ["the policy is nonsense", { policy: { current: () => ({ level: 9 }) as never, addKnown: () => Promise.resolve() } }, "policy-unreadable"],
    ["the program can't be told", { binary: () => Promise.reject(new Error("gone")) }, "internal"],
    ["the program takes for ever", { binary: hang }, "timed-out"],
    [
      "the redaction throws",
      {
        redact: () => {
          throw new Error("redact");
        },
      },
      "internal",
    ],
    [
      "the surroundings throw",
      {
        around: {
          workspace: ["/srv/shop"],
          state: [],
          resolve: () => {
            throw new Error("fs");
          },
          credentialHosts: () => null,
        },
      },
      "internal",
    ],
  ];
  it.each(broken)("%s", async (_name, but, reason) => {
    const one = await gate(but);
    expect(await judged(one)).toMatchObject({ decision: "deny", reason });
  });

  it("the clock throws, or gives no time", async () => {
    const one = await gate();
    for (const mono of [
      () => Number.NaN,
      () => {
        throw new RangeError("the clock gives no time");
      },
    ]) {
      const real = one.clock.mono;
      one.clock.mono = mono;
      expect(await one.judge("fs.read", { path: "a" })).toMatchObject({ decision: "deny", reason: "clock-unreadable" });
      one.clock.mono = real;
    }
  });

  it("the fence throws", async () => {
    const one = await gate();
    one.fence.open = () => {
      throw new Error("shared memory");
    };
    expect(await one.judge("fs.read", { path: "a" })).toMatchObject({ decision: "deny" });
  });

  it("approvals throw, hang or forget", async () => {
    for (const [how, reason] of [
      [() => Promise.reject(new Error("db")), "internal"],
      [hang, "timed-out"],
    ] as const) {
      const one = await gate();
      one.deps.approvals.ask = how;
      expect(await judged(one, "dm.reply", { channel: "kakao", to: "kim", text: "네" })).toMatchObject({ decision: "deny", reason, approval: null });
    }
  });

  it("the database is gone: a draft that can't be written is not asked for, spending that can't be read is over every cap", async () => {
    const one = await gate({ spending: { add() {}, carried: () => Promise.reject(new Error("db")) } }, 5, true);
    await one.policy.setLimits({ spendCap: 1_000_000 });
    expect(await one.judge("pay", { to: "lee", amount: 10, currency: "KRW" })).toMatchObject({ decision: "ask-console", reason: "over-cap" });
    await one.close();
    expect(await judged(one, "dm.reply", { channel: "kakao", to: "kim", text: "네" })).toMatchObject({ decision: "ask" });
    const draft = one.judge("dm.reply", { channel: "kakao", to: "kim", text: "초안" }, { mode: "draft" });
    expect(await draft).toMatchObject({ decision: "deny", reason: "internal" });
    open.splice(open.indexOf(one), 1);
  });

  it("an unreadable licence is the lowest plan", async () => {
    const one = await gate({}, 5);
    one.policy.maxLevel();
    const { createPolicy } = await import("./policy.ts");
    for (const current of [
      () => {
        throw new Error("gone");
      },
      () => ({ maxLevel: 77, plan: "x", problem: null }),
      () => undefined as never,
    ]) {
      const policy = await createPolicy({
        db: one.db,
        clock: one.clock,
        ids: one.deps.ids,
        log: one.deps.log,
        licence: { current },
        isolation: () => "netns",
        member: false,
      });
      expect(policy.current()).toMatchObject({ level: 5, maxLevel: 3 });
    }
  });

  it("what isn't a request is a bad request", async () => {
    const one = await gate();
    for (const request of [
      null,
      {},
      { tool: "" },
      { tool: "fs.read", args: { path: 7 } },
      { tool: "fs.read", args: {} },
      { tool: "fs.read", args: { path: "a\0b" } },
      { tool: "x", args: { a: "y".repeat(300_000) } },
    ])
      expect(await one.gate.judge(request as never, { runtime: "test", via: "http" }), JSON.stringify(request)?.slice(0, 60)).toMatchObject({
        decision: "deny",
        reason: "bad-request",
      });
  });
});
