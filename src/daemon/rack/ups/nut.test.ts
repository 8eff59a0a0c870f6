import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { nutInstalled, startNut } from "../../../../demo/nut/start.ts";
import { startSimulatedUpsd } from "../../../../demo/simulated-upsd/server.ts";
import { upsView } from "../../../contract/rack.ts";
import { watchNut, watchStatus } from "./fake-console.ts";

const root = mkdtempSync(join(tmpdir(), "aos-nut-"));
const ends: (() => unknown)[] = [];
let folders = 0;
const folder = () => mkdtempSync(join(root, `${(folders += 1)}-`));
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const scene = (status: string, seconds: number, charge = 80) => `ups.status: ${status}\nbattery.charge: ${charge}\nbattery.runtime: 1200\nTIMER ${seconds}\n`;
const still = (status: string, charge = 80) =>
  `ups.mfr: Demo\nups.model: UPS 1500\nups.status: ${status}\nbattery.charge: ${charge}\nbattery.runtime: 1200\nups.load: 24\n`;
function seq(text: string): string {
  const file = join(folder(), "ups.seq");
  writeFileSync(file, text);
  return file;
}

interface Server {
  port: number;
  ups: string;
  login: { user: string; password: string };
}
async function realNut(text: string, { tls = false }: { tls?: boolean } = {}) {
  const dir = folder();
  const nut = await startNut({ dir, port: 0, scenario: "normal", file: seq(text), tls });
  if (nut === null) throw new Error("NUT is not installed");
  ends.push(() => nut.stop());
  return { ...nut, dir, login: { user: nut.user, password: nut.password } };
}
async function simulated(text: string) {
  const upsd = await startSimulatedUpsd({ port: 0, scenario: "normal", file: seq(text) });
  ends.push(() => upsd.stop());
  return { ...upsd, login: { user: "console", password: "any" } };
}
function watch(server: Server, options: Partial<Parameters<typeof watchNut>[0]> = {}) {
  const client = watchNut({ port: server.port, login: server.login, ...options });
  ends.push(client.stop);
  return client;
}

const upsc = "/usr/bin/upsc";
const noNut = !nutInstalled();
const servers: readonly { name: string; missing: boolean; start: (text: string) => Promise<Server> }[] = [
  { name: "Debian's upsd", missing: noNut, start: realNut },
  { name: "the simulated upsd", missing: false, start: simulated },
];

describe.each(servers)("$name", ({ missing, start }) => {
  const opened = Promise.withResolvers<Server>();
  let end: (() => unknown) | undefined;
  beforeAll(async () => {
    if (missing) return;
    opened.resolve(await start(`${still("OL", 97)}TIMER 60\n`));
    // Stands until all tests of this server are over.
    end = ends.pop();
  });
  afterAll(() => end?.());

  test.skipIf(missing)(
    "OL, OB, OB LB and OL again are each seen within 3 s",
    async () => {
      const statuses = ["OL", "OB DISCHRG", "OB DISCHRG LB", "OL CHRG"];
      const server = await start(statuses.map((status, index) => scene(status, [5, 3, 3, 60][index] ?? 0, 90 - index)).join(""));
      const reference = watchStatus(server.port, server.ups);
      ends.push(reference.stop);
      const client = watch(server);
      await client.until((view) => view.status.includes("CHRG") && view.chargePercent === 87, 25_000);
      await expect.poll(() => reference.changes.map((change) => change.status)).toEqual(statuses);
      const states = ["on-line", "on-battery", "low-battery", "on-line"];
      for (const [index, { at, status }] of reference.changes.entries()) {
        const seen = client.told.find(({ view }) => view.status.join(" ") === status);
        expect(seen?.view.state).toBe(states[index]);
        // The reference asks every 20 ms, so it may be a little behind the client.
        expect((seen?.at ?? Infinity) - at).toBeGreaterThan(-200);
        expect((seen?.at ?? Infinity) - at).toBeLessThanOrEqual(3000);
      }
      expect(client.told.map(({ view }) => view.state)).not.toContain("unreachable");
      expect(client.current()).toMatchObject({ lowBattery: false, problem: null });
    },
    40_000,
  );

  test.skipIf(missing)("values, model and age are read, by a login and without one", async () => {
    const server = await opened.promise;
    for (const login of [server.login, null]) {
      const client = watch(server, { login });
      const { view } = await client.until((one) => one.state === "on-line");
      expect(upsView.parse(view)).toMatchObject({
        name: "aosups",
        model: "Demo UPS 1500",
        status: ["OL"],
        chargePercent: 97,
        runtimeSeconds: 1200,
        loadPercent: 24,
        powerW: "unknown",
        encrypted: false,
        problem: null,
      });
      expect(view.ageMs).toBeLessThan(1000);
      client.stop();
    }
  });

  test.skipIf(missing)("a UPS that the server doesn't have is unknown, and says so", async () => {
    const client = watch(await opened.promise, { ups: "other", login: null });
    expect((await client.until((view) => view.problem !== null)).view).toMatchObject({ state: "unknown", problem: "unknown-ups", chargePercent: "unknown" });
  });

  test.skipIf(missing)("tls require says no word to a server without TLS, and prefer goes on in the clear", async () => {
    const server = await opened.promise;
    const strict = watch(server, { tls: "require" });
    expect((await strict.until((view) => view.problem !== null)).view).toMatchObject({
      state: "unknown",
      problem: "tls-failed",
      encrypted: false,
      chargePercent: "unknown",
    });
    const lenient = watch(server, { tls: "prefer" });
    expect((await lenient.until((view) => view.state === "on-line")).view).toMatchObject({ encrypted: false, problem: null });
  });

  test.skipIf(missing || !existsSync(upsc))("Debian's upsc reads the same from it", async () => {
    const server = await opened.promise;
    const { stdout } = await promisify(execFile)(upsc, [`${server.ups}@127.0.0.1:${server.port}`], { timeout: 10_000 });
    const read = Object.fromEntries(stdout.split("\n").map((line) => line.split(": ")));
    expect(read).toMatchObject({ "ups.status": "OL", "battery.charge": "97", "ups.model": "UPS 1500" });
    const { stdout: list } = await promisify(execFile)(upsc, ["-l", `127.0.0.1:${server.port}`], { timeout: 10_000 });
    expect(list.trim()).toBe("aosups");
  });
});

describe("Debian's upsd alone", () => {
  test.skipIf(noNut)(
    "a line written into its .seq file is seen within 3 s, time after time",
    async () => {
      const server = await realNut(still("OL"));
      const client = watch(server);
      await client.until((view) => view.state === "on-line");
      const took: number[] = [];
      for (const [index, status] of ["OB DISCHRG", "OB DISCHRG LB", "OL", "OB", "OB LB", "OL CHRG"].entries()) {
        const file = join(server.dir, "aosups.seq");
        writeFileSync(`${file}.new`, still(status, 60 + index));
        const from = performance.now();
        renameSync(`${file}.new`, file);
        const { at } = await client.until((view) => view.status.join(" ") === status && view.chargePercent === 60 + index);
        took.push(at - from);
      }
      expect(Math.max(...took)).toBeLessThanOrEqual(3000);
    },
    40_000,
  );

  test.skipIf(noNut)(
    "killed while on battery leads to low battery after 15 s, and its return ends that",
    async () => {
      const server = await realNut(`${still("OB DISCHRG")}TIMER 60\n`);
      const client = watch(server);
      await client.until((view) => view.state === "on-battery");
      const [, upsd] = server.pids;
      if (upsd === undefined) throw new Error("no pid of upsd");
      const killedAt = performance.now();
      process.kill(upsd, "SIGKILL");
      const gone = await client.until((view) => view.state === "unreachable", 8000);
      expect(gone.view).toMatchObject({ lowBattery: false, problem: "refused", status: ["OB", "DISCHRG"], chargePercent: 80 });
      expect(gone.at - killedAt).toBeLessThanOrEqual(5000);
      const low = await client.until((view) => view.lowBattery, 20_000);
      expect(low.view).toMatchObject({ state: "low-battery", lowBatteryBecause: "vanished-on-battery", status: ["OB", "DISCHRG"] });
      // From the last word, which was up to a second before the kill, plus a tick.
      expect(low.at - killedAt).toBeGreaterThanOrEqual(13_900);
      expect(low.at - killedAt).toBeLessThanOrEqual(17_000);
      const back = await startSimulatedUpsd({ port: server.port, scenario: "normal" });
      ends.push(() => back.stop());
      expect((await client.until((view) => view.state === "on-line", 12_000)).view).toMatchObject({ lowBattery: false, problem: null });
    },
    60_000,
  );

  test.skipIf(noNut)("a wrong password is said, and hides no value", async () => {
    const server = await realNut(`${still("OL", 66)}TIMER 60\n`);
    const client = watch(server, { login: { user: "console", password: 'wrong "one\\' } });
    const { view } = await client.until((one) => one.state === "on-line");
    expect(view).toMatchObject({ problem: "access-denied", chargePercent: 66, lowBattery: false });
    const right = watch(server);
    expect((await right.until((one) => one.state === "on-line")).view.problem).toBeNull();
  });

  test.skipIf(noNut || !nutInstalled({ tls: true }))(
    "STARTTLS hides the talk, and with its certificate the server proves itself",
    async () => {
      const server = await realNut(`${still("OL", 55)}TIMER 60\n`, { tls: true });
      const hidden = watch(server, { tls: "require" });
      expect((await hidden.until((view) => view.state === "on-line")).view).toMatchObject({ encrypted: true, problem: null, chargePercent: 55 });
      const ca = readFileSync(join(server.dir, "cert.pem"), "utf8");
      const proved = watch(server, { tls: "require", ca, host: "localhost" });
      expect((await proved.until((view) => view.state === "on-line")).view).toMatchObject({ encrypted: true, problem: null });
      const otherName = watch(server, { tls: "prefer", ca });
      expect((await otherName.until((view) => view.problem !== null)).view).toMatchObject({ state: "unknown", problem: "tls-failed", encrypted: false });
      const other = readFileSync(join((await realNut(`${still("OL")}TIMER 60\n`, { tls: true })).dir, "cert.pem"), "utf8");
      const stranger = watch(server, { tls: "prefer", ca: other, host: "localhost" });
      expect((await stranger.until((view) => view.problem !== null)).view).toMatchObject({ state: "unknown", problem: "tls-failed", chargePercent: "unknown" });
    },
    60_000,
  );
});
