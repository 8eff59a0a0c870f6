import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { gateAnswer, type BreakerView } from "../../src/contract/breaker.ts";
import type { Link } from "../../src/cli/link.ts";
import type { Day, DayAct } from "./day.ts";
import type { World } from "./world.ts";

const tool = (file: string, ...args: string[]) => ({
  command: process.execPath,
  args: [fileURLToPath(new URL(`./tools/${file}.mjs`, import.meta.url)), ...args],
});
const files = (how: string) => ({ ...tool("files", how), network: "none" as const });
const net = (how: string, port: number) => ({ ...tool("net", how, String(port)), network: "proxy" as const });
const note = (what: string) => ({ ...tool("note", what), network: "none" as const });

/** What the rehearsal agent may call: real programs, each a process of its own. `shell.run` is the daemon's. */
const toolsFor = (port: number) => ({
  "fs.list": files("list"),
  "fs.read": files("read"),
  "fs.write": files("write"),
  "fs.append": files("append"),
  "fs.move": files("move"),
  "fs.delete": files("delete"),
  "http.get": net("get", port),
  "http.post": net("post", port),
  "dm.reply": net("instagram", port),
  "dm.send": net("instagram", port),
  "mail.send": net("mail", port),
  "post.publish": net("instagram", port),
  pay: net("bank", port),
  "owner.message": note("owner.message"),
  "schedule.create": note("schedule.create"),
  "agent.spawn": note("agent.spawn"),
  "soul.edit": note("soul.edit"),
});
/** Hosts of the simulated world that the owner of the demo has listed. */
export const listedHosts = ["instagram.shop.example", "mail.shop.example", "orders.shop.example", "weather.shop.example", "busy.shop.example"];

export type Played = z.infer<typeof played>;
const played = gateAnswer.extend({ outcome: z.string().nullable(), problem: z.string().nullable() });

export interface Rehearsal {
  acts: number;
  decisions: Record<string, number>;
  state: BreakerView["state"];
  cause: BreakerView["cause"];
  reason: BreakerView["reason"];
}

export interface RehearsalOptions {
  day: Day;
  /** Date on which the day is played, `2026-11-23`. */
  date: string;
  owner: Link;
  /** Plain http of the aosd beside which the agent runs. */
  loopback: string;
  /** Folder that the agent works in; filled here. */
  workspace: string;
  world: Pick<World, "port">;
  signal: AbortSignal;
  say(line: string): void;
  /** Hears each act with its verdict and what became of it. */
  onAct?(act: DayAct, answer: Played): void;
}

/** REHEARSAL: an agent that does what a day's file says, through the real gate, with real child processes as tools. It knows no verdict beforehand. */
export async function playDay({ day, date, owner, loopback, workspace, world, signal, say, onAct }: RehearsalOptions): Promise<Rehearsal> {
  fillWorkspace(workspace);
  const { runtime, token } = await owner.ask((client) =>
    client.breaker.runtimes.add({ name: `rehearsal ${day.name}`, tools: toolsFor(world.port), rehearsal: true }),
  );
  const decisions: Record<string, number> = {};
  const asked = new Map<string, { act: DayAct; approval: string }>();
  const spans = new Map<string, string>();
  let acts = 0;

  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${loopback}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    return answer.json();
  };
  const perform = async (act: DayAct, at: string, approval?: string) => {
    const { id: _id, args: written, ...rest } = act;
    // The day names far servers as the shop knows them; the simulated world has its own port.
    const args = typeof written["url"] === "string" ? { ...written, url: written["url"].replace(".shop.example/", `.shop.example:${world.port}/`) } : written;
    const request = { ...rest, args };
    const answer = played.parse(await post("/v1/act", { ...request, cwd: workspace, at, ...(approval === undefined ? {} : { approval }) }));
    acts += 1;
    decisions[answer.decision] = (decisions[answer.decision] ?? 0) + 1;
    say(`${at.slice(11, 19)}  ${act.tool.padEnd(16)} ${answer.decision} (${answer.reason}) ${answer.outcome ?? ""} ${answer.problem ?? ""}`.trimEnd());
    onAct?.(act, answer);
    if (answer.approval !== null && act.id !== undefined && approval === undefined) asked.set(act.id, { act, approval: answer.approval });
  };

  const leave = async (ids: readonly string[], at: string) => {
    const gone = ids.flatMap((id) => spans.get(id) ?? []);
    if (gone.length > 0) await post("/v1/gate/span-gone", { agent: "main", at, spans: gone });
  };
  for (const event of day.events) {
    signal.throwIfAborted();
    const at = instantOf(date, event.atMs, day.zone);
    switch (event.do) {
      case "act": {
        await perform(event.act, at);
        break;
      }
      case "inbound": {
        const { id, surface, source, text } = event.inbound;
        const [channel = "", address = ""] = source.split(/:(.*)/s);
        const from = surface === "message" ? { surface: "dm", source: { channel, address } } : { surface, source: null };
        const { span } = z.object({ span: z.string() }).parse(await post("/v1/gate/inbound", { text, ...from, agent: "main", at }));
        spans.set(id, span);
        say(`${at.slice(11, 19)}  inbound from ${source}`);
        break;
      }
      case "gone":
        await leave(event.ids, at);
        break;
      case "owner": {
        const waiting = asked.get(event.of);
        if (waiting === undefined) break;
        asked.delete(event.of);
        const { approval } = waiting;
        const one = (await owner.ask((client) => client.breaker.approvals.list())).waiting.find((each) => each.id === approval);
        if (one === undefined) break;
        const typed = one.needs === "ask-console" ? { typed: one.hash.slice(0, 4) } : {};
        await owner
          .ask((client) => client.breaker.approvals.decide({ items: [{ id: one.id, hash: one.hash }], answer: event.answer, ...typed }))
          .catch((error: unknown) => say(`the owner's answer was refused: ${error instanceof Error ? error.message : String(error)}`));
        if (event.answer === "approve") await perform(waiting.act, at, approval);
        break;
      }
    }
  }
  await owner.ask((client) => client.breaker.runtimes.remove({ id: runtime.id }));
  const view = await owner.ask((client) => client.breaker.state());
  return { acts, decisions, state: view.state, cause: view.cause, reason: view.reason };
}

/** `2026-11-23T09:00:02+09:00` from a date and milliseconds after midnight there. */
export function instantOf(date: string, atMs: number, zone: string): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(atMs / 1000);
  return `${date}T${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${zone}`;
}

function fillWorkspace(folder: string): void {
  const put = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  put("주문/2026-11-23.csv", "번호,품목,수량\n017,장미 다발,1\n018,서양란,1\n019,리시안셔스,2\n");
  put("재고.csv", "품목,단\n장미,12\n튤립,5\n리시안셔스,8\n");
  put("예약/이번주.csv", "날,때,이름\n수,14:00,상담\n");
  put("고객/명단.csv", "이름,전화\n가나다,010-0000-0001\n라마바,010-0000-0002\n");
  put("임시/미리보기.png", "not a picture");
  for (let n = 1; n <= 50; n++) put(`고객/카드-${String(n).padStart(3, "0")}.txt`, `손님 ${n}: 지난번에는 ${["장미", "튤립", "소국"][n % 3]}를 고르셨다.\n`);
  // Tools run under an account of their own, which has to write here.
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o777 : 0o666);
  chmodSync(folder, 0o777);
}
