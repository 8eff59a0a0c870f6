import type { ActionClass, Decision, GateReason, Level, MatrixRow } from "../../../../src/contract/breaker.ts";
import type { FakeLog, NewRow } from "./log.ts";
import { judge } from "./matrix.ts";

/** An act of a recorded day: its inputs only. What the gate says is worked out when it is played. */
export interface DayAct {
  /** Minutes before now. */
  ago: number;
  agent: string;
  tool: string;
  class: ActionClass;
  title: NewRow["title"];
  payload: NonNullable<NewRow["payload"]>;
  tainted?: boolean;
  blocked?: GateReason;
  end?: "done" | "failed" | "unknown" | "expired" | "denied";
}
/** What a replay needs again. */
export interface PlayedAct extends DayAct {
  act: string;
  at: number;
  recorded: Decision;
  reason: GateReason;
}

const today: DayAct[] = [
  {
    ago: 1,
    agent: "서브 1",
    tool: "sheet.append",
    class: "2",
    title: { code: "write", params: { path: "주문/11월.csv" } },
    payload: { path: "주문/11월.csv", text: "-034, 장미 한 다발, 1" },
  },
  { ago: 2, agent: "서브 2", tool: "fs.write", class: "2", title: { code: "write", params: { path: "카드뉴스/2.png" } }, payload: { path: "카드뉴스/2.png" } },
  {
    ago: 72,
    agent: "무펭",
    tool: "message.send",
    class: "5a",
    title: { code: "send", params: { channel: "인스타그램 DM", to: "고객 D", count: 1 } },
    payload: { to: "고객 D", text: "받으신 화분은 내일 오전에 새것으로 바꿔 드릴게요. 불편을 드려서 죄송해요." },
  },
  {
    ago: 166,
    agent: "무펭",
    tool: "pay.send",
    class: "6",
    title: { code: "pay", params: { to: "리본마트", amount: 48_000, currency: "KRW" } },
    payload: { to: "리본마트", amount: 48_000, currency: "KRW", note: "리본 자재" },
    end: "denied",
  },
  {
    ago: 181,
    agent: "서브 2",
    tool: "credential.use",
    class: "7a",
    title: { code: "credential", params: { handle: "shop", host: "shop.example" } },
    payload: { url: "https://shop.example/orders/009", status: "배송 준비" },
    end: "unknown",
  },
  {
    ago: 231,
    agent: "무펭",
    tool: "message.publish",
    class: "5b",
    title: { code: "publish", params: { channel: "쇼핑몰 쿠폰" } },
    payload: { text: "모두에게 90% 쿠폰" },
    blocked: "injection-high",
  },
  {
    ago: 272,
    agent: "무펭",
    tool: "mail.send",
    class: "5a",
    title: { code: "send", params: { channel: "메일", to: "화환 손님", count: 1 } },
    payload: { to: "화환 손님", text: "화환 견적을 보내 드려요." },
    end: "expired",
  },
  {
    ago: 301,
    agent: "무펭",
    tool: "web.fetch",
    class: "8a",
    title: { code: "fetch", params: { host: "api.weather.example" } },
    payload: { url: "https://api.weather.example/seoul" },
  },
  {
    ago: 340,
    agent: "무펭",
    tool: "agent.spawn",
    class: "10",
    title: { code: "spawn", params: { agent: "서브 2" } },
    payload: { agent: "서브 2", task: "카드뉴스 만들기" },
  },
];
const reads = Array.from({ length: 60 }, (_, index): DayAct => ({
  ago: 4 + index * 5,
  agent: index % 3 === 0 ? "서브 1" : "무펭",
  tool: "fs.read",
  class: "1",
  title: { code: "read", params: { path: `주문/${String(index + 1).padStart(3, "0")}.json` } },
  payload: { path: `주문/${String(index + 1).padStart(3, "0")}.json` },
}));
/** Six ordinary days before today. */
const before = Array.from({ length: 6 }, (_, day): DayAct[] =>
  Array.from({ length: 3 }, (__, index): DayAct => ({
    ago: (day + 1) * 1440 + index * 90,
    agent: "무펭",
    tool: "message.send",
    class: "5a",
    title: { code: "send", params: { channel: "인스타그램 DM", to: `고객 ${String.fromCharCode(70 + day * 2 + index)}`, count: 1 } },
    payload: { to: `고객 ${String.fromCharCode(70 + day * 2 + index)}`, text: "주문하신 꽃은 오후에 도착해요." },
    tainted: index === 2,
  })),
).flat();

/** Plays the recorded days into the log at a level, oldest first. */
export function playDays(log: FakeLog, rows: readonly MatrixRow[], level: Level, now: () => number): PlayedAct[] {
  const acts = [...before, ...today, ...reads].toSorted((a, b) => b.ago - a.ago);
  return acts.map((one, index): PlayedAct => {
    const at = now() - one.ago * 60_000;
    const act = `a${String(index + 1).padStart(4, "0")}`;
    const decision = judge(rows, { class: one.class, tainted: one.tainted === true, blocked: one.blocked !== undefined }, level);
    const reason: GateReason = one.blocked ?? (one.tainted === true ? "taint" : "matrix");
    const row = { actor: one.agent, class: one.class, act, title: one.title };
    log.append({ ...row, kind: "intent", at, payload: one.payload });
    log.append({ ...row, kind: "verdict", at: at + 1, decision, reason });
    const asks = decision === "ask" || decision === "ask-console";
    const isDenied = one.end === "denied";
    if (asks && one.end !== "expired")
      log.append({ ...row, kind: "approval", actor: "사장님", via: "ws", at: at + 79_000, decision: isDenied ? "deny" : "approve" });
    if (decision !== "deny") log.append({ ...row, kind: "outcome", at: at + (asks ? 80_000 : 800), decision: one.end ?? "done" });
    return { ...one, act, at, recorded: decision, reason };
  });
}
