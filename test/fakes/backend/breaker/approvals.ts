import { createHash, randomUUID } from "node:crypto";
import type { Approval, ApprovalsView, Grant, Level } from "../../../../src/contract/breaker.ts";

type Payload = NonNullable<Approval["payload"]>;
export interface Asked {
  class: Approval["class"];
  tool: string;
  title: Approval["title"];
  payload: Payload;
  body: string;
  reach: Approval["reach"];
  mode?: Approval["mode"];
  needs?: Approval["needs"];
  reason?: Approval["reason"];
  tainted?: boolean;
  grant?: Approval["grant"];
}

const liveMs = 300_000;
const draftMs = 86_400_000;
const hastyMs = 1000;
const hastyCount = 3;

const one = (name: string): Approval["reach"] => ({ recipients: [name], count: 1, hosts: [], amount: null, currency: null, known: true });
const reply = (to: string, text: string): Asked => ({
  class: "5a",
  tool: "message.send",
  title: { code: "send", params: { channel: "인스타그램 DM", to, count: 1 } },
  payload: { channel: "instagram", to, text },
  body: text,
  reach: one(to),
  reason: "taint",
  tainted: true,
  grant: { scope: "recipient", value: to },
});
/** What waits when the shop's day begins. */
export const firstAsks: Asked[] = [
  reply("고객 A", "안녕하세요, 우리꽃집이에요. 오늘 눈길 때문에 꽃다발 배송이 30분쯤 늦어져요. 오후 5시 30분까지는 도착하도록 할게요. 기다려 주셔서 감사해요."),
  {
    class: "5b",
    tool: "message.publish",
    title: { code: "publish", params: { channel: "인스타그램" } },
    payload: { channel: "instagram", text: "내일은 수국이 들어와요. 아침 9시부터 열어요." },
    body: "내일은 수국이 들어와요. 아침 9시부터 열어요.",
    reach: { ...one("인스타그램 손님"), count: 1840, hosts: ["graph.instagram.example"] },
    mode: "draft",
  },
  {
    class: "6",
    tool: "pay.send",
    title: { code: "pay", params: { to: "리본마트", amount: 48_000, currency: "KRW" } },
    payload: { to: "리본마트", amount: 48_000, currency: "KRW", note: "리본 자재" },
    body: "리본 자재",
    reach: { ...one("리본마트"), amount: 48_000, currency: "KRW" },
    needs: "ask-console",
  },
  reply("고객 B", "주문하신 화분은 내일 오전에 보내 드릴게요."),
];

/** The queue of approvals in memory. `onEnd` hears of each that was decided. */
export function createFakeApprovals(now: () => number, nodeId: string, level: () => Level, onEnd: (approval: Approval) => void) {
  let all: (Approval & { until: number })[] = [];
  let grants: Grant[] = [
    { id: "g1", scope: "host", value: "api.weather.example", class: "8b", tool: "web.fetch", by: "사장님", at: now() - 86_400_000 * 3, used: 41 },
  ];
  let times: number[] = [];

  const expire = () => {
    for (const approval of all) {
      if (approval.state !== "waiting" || approval.until > now()) continue;
      Object.assign(approval, { state: "expired", decidedAt: approval.until, expiresInMs: null });
      onEnd(approval);
    }
  };
  const shown = ({ until, ...approval }: Approval & { until: number }): Approval => ({
    ...approval,
    expiresInMs: approval.state === "waiting" ? Math.max(0, until - now()) : null,
  });
  const view = (): ApprovalsView => {
    expire();
    const row = times.slice(-hastyCount);
    const hasty = row.length === hastyCount && row.every((at, index) => index === 0 || at - (row[index - 1] ?? 0) < hastyMs);
    return {
      waiting: all.filter((approval) => approval.state === "waiting").map(shown),
      decided: all
        .filter((approval) => approval.state !== "waiting")
        .toSorted((a, b) => (b.decidedAt ?? 0) - (a.decidedAt ?? 0))
        .map(shown),
      grants,
      hasty,
    };
  };

  return {
    view,
    pending: () => {
      expire();
      return all.filter((approval) => approval.state === "waiting").length;
    },
    find: (id: string) => {
      expire();
      const found = all.find((approval) => approval.id === id);
      return found ? shown(found) : undefined;
    },
    /** Something asks; `lastsMs` shortens the wait. */
    ask(asked: Asked, lastsMs?: number): Approval {
      const lasts = lastsMs ?? (asked.mode === "draft" ? draftMs : liveMs);
      const approval: Approval & { until: number } = {
        id: `ap-${randomUUID().slice(0, 8)}`,
        act: `p-${randomUUID().slice(0, 8)}`,
        state: "waiting",
        mode: asked.mode ?? "live",
        needs: asked.needs ?? "ask",
        class: asked.class,
        agent: "무펭",
        tool: asked.tool,
        nodeId,
        title: asked.title,
        payload: asked.payload,
        body: asked.body,
        reach: asked.reach,
        reason: asked.reason ?? "matrix",
        params: {},
        level: level(),
        checks: { injection: "none", secrets: 0, panic: "calm", tainted: asked.tainted ?? false },
        hash: createHash("sha256")
          .update(JSON.stringify([asked.tool, asked.payload]))
          .digest("hex"),
        cwd: null,
        binary: null,
        askedAt: now(),
        expiresInMs: lasts,
        lastsMs: lasts,
        decidedAt: null,
        decidedBy: null,
        note: null,
        grant: asked.grant ?? null,
        until: now() + lasts,
      };
      all = [...all, approval];
      return shown(approval);
    },
    /** Says why nothing was decided, or decides all of them. */
    decide(
      input: {
        items: readonly { id: string; hash: string }[];
        answer: "approve" | "deny";
        typed?: string | undefined;
        note?: string | undefined;
        always: boolean;
      },
      by: string,
    ): "not-found" | "over" | "changed" | "typed" | null {
      expire();
      const found = input.items.map((item) => ({ item, approval: all.find((one) => one.id === item.id) }));
      for (const { item, approval } of found) {
        if (!approval) return "not-found";
        if (approval.state !== "waiting") return "over";
        if (approval.hash !== item.hash) return "changed";
        if (input.answer === "approve" && approval.needs === "ask-console" && input.typed?.trim().toLowerCase() !== approval.hash.slice(0, 4)) return "typed";
      }
      for (const { approval } of found) {
        if (!approval) continue;
        Object.assign(approval, { state: input.answer === "approve" ? "used" : "denied", decidedAt: now(), decidedBy: by, note: input.note ?? null });
        if (input.always && input.answer === "approve" && approval.grant)
          grants.push({ ...approval.grant, id: `g-${randomUUID().slice(0, 8)}`, class: approval.class, tool: approval.tool, by, at: now(), used: 0 });
        onEnd(approval);
      }
      if (input.answer === "approve") times = [...times.slice(-10), now()];
      return null;
    },
    revoke(id: string): boolean {
      const found = grants.some((grant) => grant.id === id);
      grants = grants.filter((grant) => grant.id !== id);
      return found;
    },
    /** A stop empties the queue of what waits live. */
    void(): void {
      for (const approval of all) if (approval.state === "waiting" && approval.mode === "live") Object.assign(approval, { state: "void", decidedAt: now() });
    },
  };
}
export type FakeApprovals = ReturnType<typeof createFakeApprovals>;
