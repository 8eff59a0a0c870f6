import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aos } from "./support/cli.ts";
import { addressOf, codeOf, codesOf, createHouse, refusalOf, until, type Owned } from "./support/house.ts";
import { materialOf } from "./support/peer.ts";
import { http, wires } from "./support/transports.ts";

/** The last console is lost: nobody has a token any more, and only the machine itself with the printed key can bring an owner back. */
const house = createHouse("recover");
let main: Owned;
let keyFile = "";
const wrongKey = "00000-00000-00000-00000-000000";

beforeAll(async () => {
  main = await house.startMain("main");
  keyFile = join(house.dir, "recovery-key");
  writeFileSync(keyFile, `${main.recoveryKey.toLowerCase().replaceAll("-", " ")}\n`, { mode: 0o600 });
  writeFileSync(`${keyFile}.wrong`, wrongKey, { mode: 0o600 });
});
afterAll(() => house.end());

describe("without the recovery key", () => {
  test("the local account of an appliance is an operator: it can't make, admit or change anybody", async () => {
    const { link } = main.node;
    expect((await link.ask((client) => client.access.me())).role).toBe("operator");
    const { people, devices } = await link.ask((client) => client.access.person.list());
    const person = people[0]?.id ?? "";
    const device = devices[0]?.id ?? "";
    expect(
      await codesOf([
        link.client.access.person.invite({ name: "mallory", role: "owner", days: null }),
        link.client.access.person.update({ id: person, name: "mallory" }),
        link.client.access.person.remove({ id: person }),
        link.client.access.device.revoke({ id: device }),
        link.client.access.device.admit({ id: device }),
        link.client.access.session.link(),
        link.client.rack.settings.set({ name: "mallory" }),
        link.client.rack.node.remove({ nodeId: main.node.id }),
      ]),
    ).toEqual(new Set(["access.denied"]));
    expect((await refusalOf(link.client.access.claim({ name: "mallory", deviceName: "x" }))).code).toBe("access.already-claimed");
  });

  test("the last owner's last device can't be revoked, and the last owner can't be removed or made less", async () => {
    const { people, devices } = await main.owner.ask((client) => client.access.person.list());
    const person = people[0]?.id ?? "";
    expect(
      await codesOf([
        main.owner.client.access.device.revoke({ id: devices[0]?.id ?? "" }),
        main.owner.client.access.person.remove({ id: person }),
        main.owner.client.access.person.update({ id: person, role: "viewer" }),
      ]),
    ).toEqual(new Set(["access.last-owner"]));
  });

  test("a code from the machine's own screen brings a console that waits, not an owner", async () => {
    await main.node.link.ask((client) => client.access.window.open());
    const answer = await http(main.node, "/api/session", { method: "POST", body: { code: await codeOf(main.node), deviceName: "mallory" } });
    expect(answer.body).toMatchObject({ state: "waiting", recoveryKey: null });
    const desk = await house.start("desk", ["--desktop", "--roles", "pool"]);
    await main.node.link.ask((client) => client.access.window.open());
    const joined = await desk.link.ask(async (client) =>
      client.access.join({ address: addressOf(main.node), code: await codeOf(main.node), deviceName: "desk" }),
    );
    expect(joined).toMatchObject({ state: "waiting", recoveryKey: null });
    await until("refused over the link", 5000, async () => (await refusalOf(desk.link.client.rack.snapshot())).code === "access.awaiting-admission");
    expect(materialOf(desk).cert).toContain("CERTIFICATE");
  });

  test("recovery answers on the local socket only", async () => {
    for (const open of [wires.ws, wires.wss]) {
      const { client, close } = await open(main.node);
      expect((await refusalOf(client.access.recover({ recoveryKey: main.recoveryKey, name: "mallory" }))).code).toBe("access.local-only");
      close();
    }
    expect((await http(main.node, "/api/recover", { method: "POST", body: { recoveryKey: main.recoveryKey, name: "mallory" } })).body).toMatchObject({
      code: "access.local-only",
    });
  });

  test("a wrong key is refused by the CLI, and makes nobody", async () => {
    const { code, out, err } = await aos("recover", "--name", "mallory", "--key-file", `${keyFile}.wrong`, "--json", "--state-dir", main.node.stateDir);
    expect(code).toBe(1);
    expect(`${out}${err}`).toContain("access.recovery-key-wrong");
    expect((await main.owner.ask((client) => client.access.person.list())).people.map((person) => person.name)).toEqual(["owner"]);
  });
});

describe("with the recovery key", () => {
  test("aos recover, as a process of its own, brings an owner whose token works", async () => {
    // From here on nobody uses the first owner's token: it is lost with the console that had it.
    main.owner.close();
    const tokenFile = join(house.dir, "token");
    const { code, out, err } = await aos(
      "recover",
      "--name",
      "다시",
      "--key-file",
      keyFile,
      "--token-file",
      tokenFile,
      "--json",
      "--state-dir",
      main.node.stateDir,
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const recovered = JSON.parse(out) as { token: string; link: { url: string } };
    const owner = await house.signIn(main.node, recovered.token);
    expect(await owner.ask((client) => client.access.me())).toMatchObject({ role: "owner", person: { name: "다시" } });
    const { people, devices } = await owner.ask((client) => client.access.person.list());
    const lost = people.find((person) => person.name === "owner");
    expect(devices.find((device) => device.personId === lost?.id)).toMatchObject({ state: "admitted" });
    expect(await owner.ask((client) => client.access.person.remove({ id: lost?.id ?? "" }))).toEqual({ removed: true });
    const old = await main.node.signIn(main.token);
    expect((await old.ask((client) => client.access.me())).role).toBe("public");
    old.close();

    const status = await aos("people", "--token-file", tokenFile, "--json", "--state-dir", main.node.stateDir);
    expect(status.code).toBe(0);
    expect(status.out).toContain("다시");
  });

  test("wrong keys make the next try wait, longer each time; then even the right one must", async () => {
    const ask = (recoveryKey: string) => refusalOf(main.node.link.client.access.recover({ recoveryKey, name: "mallory" }));
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      const { code, data } = await ask(wrongKey);
      expect(code).toBe("access.recovery-key-wrong");
      waits.push((data as { waitSeconds: number }).waitSeconds);
    }
    expect(waits).toEqual([0, 0, 8]);
    expect(await ask(main.recoveryKey)).toMatchObject({ code: "access.recovery-key-wrong", data: { waitSeconds: 8 } });
  });
});
