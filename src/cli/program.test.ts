import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { os } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Io } from "./io.ts";
import { run } from "./program.ts";
import { recoveryKey, serve, startFakeAosd, type FakeAosd } from "./testing/fake-aosd.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "aos-cli-home-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** A terminal in memory. `answers` are what the person types. */
function terminal(env: Record<string, string> = {}, answers: string[] = []) {
  const seen = { out: "", err: "", asked: [] as { question: string; secret: boolean }[] };
  const io: Io = {
    env: { LANG: "en_US.UTF-8", TZ: "Asia/Seoul", ...env },
    platform: "linux",
    home,
    out: (text) => void (seen.out += text),
    err: (text) => void (seen.err += text),
    ask: (question, { secret }) => {
      seen.asked.push({ question, secret });
      return Promise.resolve(answers.shift() ?? null);
    },
    lines: () => Readable.from([]),
    local: { checker: () => Promise.reject(new Error("not here")), verifyLog: () => Promise.reject(new Error("not here")) },
    color: false,
    user: "kim",
    host: "desk",
  };
  return { io, seen };
}

/** Runs `aos` against the state folder and returns what a shell would see. */
async function aos(command: string[], options: { stateDir: string; env?: Record<string, string>; answers?: string[] }) {
  const { io, seen } = terminal(options.env, options.answers);
  const exit = await run([...command, "--state-dir", options.stateDir], io);
  return { exit, ...seen, json: () => JSON.parse(seen.out) as Record<string, unknown> };
}

describe("against an aosd", () => {
  let aosd: FakeAosd;
  beforeAll(async () => {
    aosd = await startFakeAosd();
  });
  afterAll(() => aosd.stop());
  const ask = (...command: string[]) => aos(command, aosd);

  it.each(["ko", "en"])("tables read well in %s", async (language) => {
    for (const command of [
      ["status"],
      ["nodes"],
      ["ups"],
      ["plan"],
      ["people"],
      ["devices"],
      ["repairs"],
      ["alerts"],
      ["found"],
      ["doctor"],
      ["doctor", "--routes"],
      ["node", "메인"],
      ["node", "메인", "--history", "10m"],
    ]) {
      const { exit, out, err } = await ask(...command, "--lang", language);
      expect({ exit, err }).toEqual({ exit: 0, err: "" });
      expect(out).toMatchSnapshot(command.join(" "));
    }
  });

  it("status says the sentence of truth and each part under a stable key", async () => {
    const { exit, json } = await ask("status", "--json");
    expect(exit).toBe(0);
    expect(Object.keys(json())).toEqual(["at", "rackId", "name", "demo", "mainId", "sentence", "nodes", "ups", "repairs", "alerts", "link"]);
    expect(json()["sentence"]).toEqual({ code: "node-offline", params: { name: "보관" }, text: "보관 is offline" });
    expect((json()["nodes"] as { state: string; beatAgeMs: number }[]).map(({ state, beatAgeMs }) => [state, beatAgeMs])).toEqual([
      ["online", 240],
      ["late", 1_300],
      ["offline", 125_000],
    ]);
  });

  it("says who calls and by which way", async () => {
    await ask("status");
    expect(aosd.headers.at(-1)?.["x-aos-via"]).toBe("cli");
    expect(aosd.headers.at(-1)?.authorization).toBeUndefined();
  });

  it("text from another machine can't write over the screen", async () => {
    expect((await ask("nodes")).out).not.toContain("\u001B");
  });

  it("node takes a unique prefix or a name, and refuses what fits several or none", async () => {
    expect((await ask("node", "bbb", "--json")).json()).toMatchObject({ node: { name: "Pool" } });
    expect((await ask("node", "pool", "--json")).json()).toMatchObject({ node: { id: "bbbbbbbbbbbbbbb2" } });
    const several = await ask("node", "aaaaaaaaaaaaa", "--json");
    expect([several.exit, several.json()]).toEqual([
      1,
      { fault: { code: "cli.node-ambiguous", data: { given: "aaaaaaaaaaaaa", matches: "메인 (aaaaaaaaaaaaaaa2), 보관 storage[2J (aaaaaaaaaaaaabb3)" } } },
    ]);
    const none = await ask("node", "zzz");
    expect([none.exit, none.out]).toEqual([1, ""]);
    expect(none.err).toContain("No such node");
  });

  it("history tells how many slots are missing", async () => {
    expect((await ask("node", "메인", "--history", "10m", "--json")).json()).toMatchObject({ missing: 0, history: { to: 600_000 } });
    expect((await ask("node", "메인", "--history", "10x")).exit).toBe(2);
    expect((await ask("node", "메인", "--history", "0m")).exit).toBe(2);
  });

  it("the pairing window opens, shows its code and closes", async () => {
    expect((await ask("pair", "code")).out).toContain("never opened");
    expect((await ask("pair", "open")).out).toContain("4821 3907");
    expect((await ask("pair", "code", "--json")).json()).toMatchObject({ window: { state: "open", code: "48213907", triesLeft: 5 } });
    expect((await ask("pair", "close", "--json")).json()).toEqual({ window: { state: "closed", reason: "closed" } });
  });

  it("pair add shows who is there, then asks for the code", async () => {
    const added = await aos(["pair", "add", "10.0.10.12"], { ...aosd, answers: ["48213907"] });
    expect(added.exit).toBe(0);
    expect(added.err).toContain("3F:A2:91:0C:D4:7E:58:B1");
    expect(added.asked).toHaveLength(1);
    expect((await ask("pair", "add", "10.0.10.12", "--code", "4821-3907", "--roles", "llm,pool", "--json")).json()).toMatchObject({ as: "node" });
    expect((await ask("pair", "add", "10.0.10.12", "--code", "48213907", "--roles", "king")).exit).toBe(2);
  });

  it("pair add on a console joins the rack", async () => {
    aosd.state.standing = "console";
    const joined = await ask("pair", "add", "10.0.10.12", "--code", "48213907", "--json");
    aosd.state.standing = "rack";
    expect(joined.json()).toEqual({ as: "console", rackName: "본사 랙", state: "admitted", recoveryKey });
  });

  it("a wrong code, no answer and nobody to ask are told apart", async () => {
    const wrong = await ask("pair", "add", "10.0.10.12", "--code", "00000000", "--json");
    expect([wrong.exit, wrong.json()]).toEqual([1, { fault: { code: "access.code-wrong", data: { triesLeft: 4 } } }]);
    expect((await ask("pair", "add", "203.0.113.1")).err).toContain("203.0.113.1");
    const nobody = await ask("pair", "add", "10.0.10.12");
    expect(nobody.exit).toBe(2);
    expect(nobody.err).toContain("--code");
  });

  it("people come and go, and the last owner stays", async () => {
    expect((await ask("people", "invite", "박설치", "--role", "installer", "--days", "3", "--json")).json()).toMatchObject({
      person: { name: "박설치", role: "installer" },
    });
    expect((await ask("people", "remove", "박설치", "--json")).json()).toEqual({ id: "p3", removed: true });
    expect((await ask("people", "remove", "p1", "--json")).json()).toEqual({ fault: { code: "access.last-owner", data: {} } });
    expect((await ask("people", "invite", "x", "--role", "king")).exit).toBe(2);
    expect((await ask("people", "invite", "x", "--days", "0")).exit).toBe(2);
  });

  it("a device is admitted and revoked", async () => {
    expect((await ask("device", "admit", "d1", "--role", "operator", "--json")).json()).toMatchObject({ device: { state: "admitted", role: "operator" } });
    expect((await ask("device", "revoke", "거실 태블릿", "--json")).json()).toMatchObject({ device: { state: "revoked" } });
    expect((await ask("device", "revoke", "d9")).exit).toBe(1);
  });

  it("an alert is acknowledged and muted", async () => {
    const id = "node-offline:aaaaaaaaaaaaabb3";
    expect((await ask("alerts", "ack", id, "--json")).json()).toMatchObject({ alert: { acknowledged: true } });
    expect((await ask("alerts", "mute", id, "--minutes", "30", "--json")).json()).toMatchObject({ alert: { mutedForMs: 1_800_000 } });
    expect((await ask("alerts", "ack", "gone")).err).toContain("That alert is over");
  });

  it("recover takes the key without echo or from a file, never as an argument", async () => {
    const wrong = await aos(["recover", "--json"], { ...aosd, answers: ["wrong"] });
    expect(wrong.asked).toEqual([{ question: expect.any(String), secret: true }]);
    expect([wrong.exit, wrong.json()]).toEqual([1, { fault: { code: "access.recovery-key-wrong", data: { waitSeconds: 5 } } }]);
    const file = join(aosd.stateDir, "key");
    await writeFile(file, `${recoveryKey}\n`);
    const token = join(aosd.stateDir, "kept", "token");
    const right = await ask("recover", "--key-file", file, "--token-file", token, "--json");
    // The token file is not there before the first recovery; it must not be asked for.
    expect(right.exit).toBe(0);
    expect(await readFile(token, "utf8")).toBe("new-token\n");
    expect((await stat(token)).mode & 0o777).toBe(0o600);
    expect((await ask("recover", recoveryKey)).exit).toBe(2);
  });

  it("acts with the token of a file that only its owner can read", async () => {
    const file = join(aosd.stateDir, "my-token");
    await writeFile(file, "abc\n", { mode: 0o600 });
    expect((await ask("status", "--token-file", file)).exit).toBe(0);
    expect(aosd.headers.at(-1)?.authorization).toBe("Bearer abc");
    await chmod(file, 0o644);
    const exposed = await ask("status", "--token-file", file, "--json");
    expect([exposed.exit, exposed.json()]).toEqual([1, { fault: { code: "cli.token-exposed", data: { path: file } } }]);
  });

  it("claim shows the recovery key and does not mix up the tokens of two aosds", async () => {
    const { exit, json } = await ask("claim", "--name", "김사장", "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({ recoveryKey, token: "secret-token", tokenFile: null });
  });

  it("the support bundle is one folder, and a name from the wire can't leave it", async () => {
    const out = join(aosd.stateDir, "bundle.tar.gz");
    expect((await ask("support-bundle", "--out", out, "--json")).exit).toBe(0);
    const listed = execFileSync("tar", ["-tzf", out], { encoding: "utf8" }).trim().split("\n").toSorted();
    expect(listed).toEqual(["aos-support/", "aos-support/health.json", "aos-support/log-escape.txt"]);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
  });
});

describe("without a proper aosd", () => {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.stop();
  });
  const against = async (connected: Parameters<typeof serve>[0]) => {
    const server = await serve(connected);
    open.push(server);
    return server;
  };

  it("none running exits with 3 and says what to do", async () => {
    const dir = await mkdtemp(join(home, "none-"));
    const people = await aos(["status", "--lang", "ko"], { stateDir: dir });
    expect([people.exit, people.out]).toEqual([3, ""]);
    expect(people.err).toContain("npm start");
    expect((await aos(["status", "--json"], { stateDir: dir })).json()).toEqual({
      fault: { code: "cli.daemon-not-running", data: { reason: "not-started", stateDir: dir } },
    });
    expect((await aos(["version", "--json"], { stateDir: dir })).json()).toMatchObject({ aosd: null });
  });

  it("one that died leaves its file, and that is told", async () => {
    const dir = await mkdtemp(join(home, "dead-"));
    await writeFile(join(dir, "aosd.json"), JSON.stringify({ pid: 1, socket: join(dir, "gone.sock") }));
    const dead = await aos(["status", "--json"], { stateDir: dir });
    expect([dead.exit, dead.json()]).toMatchObject([3, { fault: { data: { reason: "gone" } } }]);
    await writeFile(join(dir, "aosd.json"), "{ half");
    expect((await aos(["status", "--json"], { stateDir: dir })).json()).toMatchObject({ fault: { data: { reason: "unreadable" } } });
  });

  it.each([
    ["text", "not a frame"],
    ["broken JSON", '{"i":'],
    ["bytes", new Uint8Array([255, 0, 1, 2, 3])],
    ["an empty frame", ""],
  ])("survives %s", async (_name, frame) => {
    const server = await against((socket) => socket.on("message", () => socket.send(frame)));
    const { exit, json } = await aos(["status", "--json"], server);
    expect([exit, json()]).toEqual([1, { fault: { code: "cli.bad-answer", data: {} } }]);
  });

  it("an answer that is not of the contract is not shown", async () => {
    const wrong = { access: { me: os.handler(() => ({ role: "emperor" })) }, rack: { snapshot: os.handler(() => ({ nodes: 0 })) } };
    const server = await against((socket) => void new RPCHandler(wrong).upgrade(socket));
    const { exit, json } = await aos(["nodes", "--json"], server);
    expect([exit, json()]).toMatchObject([1, { fault: { code: "cli.bad-answer" } }]);
  });

  it("a link that breaks before the answer is told, not hung on", async () => {
    const server = await against((socket) => socket.on("message", () => socket.terminate()));
    const { exit, json } = await aos(["status", "--json"], server);
    expect([exit, json()]).toMatchObject([1, { fault: { code: "cli.link-lost" } }]);
  });
});

describe("usage", () => {
  const nowhere = { stateDir: "nowhere" };
  it.each([[["statuss"]], [["node"]], [["status", "--what"]], [["status", "more"]], [["pair"]], [["completion", "tcsh"]], [["node", "a", "--history"]]])(
    "%j exits with 2",
    async (command) => {
      const { exit, err } = await aos(command, nowhere);
      expect(exit).toBe(2);
      expect(err).toContain("aos help");
    },
  );

  it("a wrong usage is an object for programs too", async () => {
    expect((await aos(["statuss", "--json"], nowhere)).json()).toEqual({ fault: { code: "cli.usage", data: { message: "There is no command 'statuss'." } } });
  });

  it("help and completion know each command in both languages", async () => {
    expect((await aos(["--help", "--lang", "ko"], nowhere)).out).toContain("복구 키로 소유자를");
    for (const shell of ["bash", "zsh", "fish"]) expect((await aos(["completion", shell], nowhere)).out).toContain("support-bundle");
  });

  it("the language follows the system unless told", async () => {
    const { io, seen } = terminal({ LANG: "ko_KR.UTF-8" });
    expect(await run(["status", "--state-dir", "nowhere"], io)).toBe(3);
    expect(seen.err).toContain("실행되고 있지 않아요");
  });
});
