import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAdmission } from "./access/admission.ts";
import { createIssued } from "./access/issued.ts";
import { createPeople } from "./access/people.ts";
import { accessMigrations } from "./access/schema.ts";
import { createAccess } from "./access/service.ts";
import { openTrust } from "./access/trust.ts";
import { breakerMigrations } from "./breaker/gate/schema.ts";
import { ledgerMigrations } from "./breaker/egress/ledger.ts";
import { createBreaker, type Breaker } from "./breaker/service.ts";
import { endOnCrash, showCode } from "./terminal.ts";
import { checksOf, routesOf, supportFiles } from "./doctor.ts";
import { createClock } from "./kernel/clock.ts";
import type { Config } from "./kernel/config.ts";
import { writeWhole } from "./kernel/files.ts";
import { createWebServer } from "./kernel/http/server.ts";
import { createIds } from "./kernel/ids.ts";
import { createFileLog } from "./kernel/log-pino.ts";
import { keepReserve } from "./kernel/reserve.ts";
import { faultsOnly } from "./kernel/rpc.ts";
import { openRun } from "./kernel/run.ts";
import { openPool } from "./kernel/sqlite/pool.ts";
import { watchDisk } from "./kernel/sqlite/disk.ts";
import { createDiscovery } from "./rack/discovery/create.ts";
import { createFoundList } from "./rack/discovery/found.ts";
import { openFleet, type Fleet } from "./rack/fleet.ts";
import { createRings, healthMigrations } from "./rack/health/rings.ts";
import { createSampler } from "./rack/health/sampler.ts";
import { followMain, type MainLink } from "./rack/main-link.ts";
import { createRack } from "./rack/service.ts";
import { createStore } from "./rack/store.ts";
import { createUps } from "./rack/ups/create.ts";
import { listen } from "./listen.ts";
import { createRouter } from "./router.ts";
import { z } from "zod";

const version = (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;
const builtConsole = fileURLToPath(new URL("../../out/renderer", import.meta.url));

/** Composition root: configuration, ports, rooms, servers, signals. Resolves once everything serves. */
export async function startAosd(config: Config): Promise<{ stop(): Promise<void> }> {
  const clock = createClock();
  const ids = createIds();
  const log = createFileLog(config);
  const run = openRun(config.stateDir, { clock, ids });
  log.info("aosd.starting", { version, node: process.version, roles: config.roles, bootId: run.bootId });

  const fresh = !existsSync(join(config.stateDir, "aos.db"));
  const pool = await openPool({
    aos: { path: join(config.stateDir, "aos.db"), durability: "full", migrations: [...accessMigrations, ...breakerMigrations] },
    egress: { path: join(config.stateDir, "egress.db"), durability: "full", migrations: ledgerMigrations },
    health: { path: join(config.stateDir, "health.db"), durability: "normal", migrations: healthMigrations },
  });
  const disk = watchDisk(log);
  const db = disk.watch(pool.database("aos"));
  const store = createStore(db);
  const trust = await openTrust({ stateDir: config.stateDir, roles: config.roles, rackName: config.rackName ?? config.name, clock, ids, log });
  const issued = await createIssued({ db, clock });
  const people = await createPeople({
    db,
    clock,
    ids,
    onLost: (gone) => web.end((c) => c.credential.kind === "device" && gone.includes(c.credential.deviceId), "revoked"),
  });

  let name = (await store.setting("name", z.string())) ?? config.name;
  const roles = () => {
    const membership = trust.membership();
    return membership.standing === "console" ? [] : ((membership.standing === "rack" ? membership.roles : undefined) ?? config.roles);
  };
  let ports = { loopback: 0, lan: 0 };
  let link: MainLink | undefined;
  endOnCrash(log);

  const access = createAccess({
    trust,
    people,
    issued,
    clock,
    ids,
    log,
    name: () => name,
    roles,
    version,
    desktop: config.desktop,
    loopbackOnly: config.lanHost === "127.0.0.1",
    loopbackOrigin: () => `http://127.0.0.1:${ports.loopback}`,
    lanPort: () => ports.lan,
    link: () => link?.view() ?? null,
    onWindow(open) {
      announce();
      if (open) showCode(access.pairing.view());
    },
    onMembership: () => {
      relink();
      announce();
      rack.membershipChanged();
    },
  });
  const found = createFoundList(clock);
  let fleet: Fleet | undefined;
  const discovery = createDiscovery(config.discovery, {
    clock,
    log,
    events: {
      up(sighting) {
        found.up(sighting, "mdns");
        fleet?.seen(sighting.id);
        link?.wake();
      },
      down: (id) => found.down(id),
    },
  });
  const announce = () => {
    const membership = trust.membership();
    if (ports.lan === 0 || config.desktop) return;
    discovery.announce({
      id: trust.id,
      name,
      roles: roles(),
      rackId: membership.standing === "new" ? null : membership.rackId,
      rackName: membership.standing === "new" ? null : membership.rackName,
      version,
      fp: trust.fingerprint,
      pairing: access.pairing.view().state,
      port: ports.lan,
      loopbackOnly: config.lanHost === "127.0.0.1",
    });
  };

  const rings = createRings({ db: disk.watch(pool.database("health")), clock, log });
  const sampler = createSampler({ clock, log, dir: config.stateDir });
  const ups = createUps(config, { clock, log, random: ids.random });
  const guard = Promise.withResolvers<Breaker>();
  const members = await openFleet({
    store,
    trust,
    issued,
    access,
    found,
    clock,
    log,
    random: ids.random,
    onSamples: rings.add,
    lastSampleAt: rings.lastAt,
    // A member may be linked before the breaker stands; it hears of it then.
    onLink: (...link) => void guard.promise.then((breaker) => breaker.linked(...link)),
    onChange: () => void guard.promise.then((breaker) => breaker.membersChanged()),
    onLost: () => discovery.rescan(),
  });
  fleet = members;
  const breaker = await createBreaker({
    config,
    fresh,
    db,
    ledgerDb: disk.watch(pool.database("egress")),
    clock,
    ids,
    log,
    trust,
    members: members.members,
    name: () => name,
    lowBattery: () => ups.current().lowBattery,
    ownPort: (port) => port === ports.loopback || port === ports.lan,
  });
  guard.resolve(breaker);
  const rack = await createRack({
    store,
    trust,
    people,
    access,
    fleet: members,
    found,
    discovery,
    ups,
    health: sampler,
    clock,
    log,
    bootId: run.bootId,
    lastRestart: run.lastRestart,
    name: () => name,
    roles,
    version,
    demo: config.demo,
    lanPort: () => ports.lan,
    diskFull: disk.full,
    button: () => ({ state: breaker.view().button.state }),
    async rename(next) {
      await store.saveSetting("name", next);
      name = next;
      announce();
    },
  });

  const relink = () => {
    link?.stop();
    link = undefined;
    if (trust.membership().standing !== "console") return;
    link = followMain({
      trust,
      issued,
      clock,
      log,
      random: ids.random,
      targets: found.targets,
    });
  };
  const consoleDir = config.consoleDir ?? (existsSync(builtConsole) ? builtConsole : undefined);
  const checks = () =>
    checksOf({
      config,
      discoveryState: () => discovery.state(),
      certNotAfter: trust.certNotAfter,
      upsState: () => ups.current().state,
      now: clock.now,
      diskFull: disk.full,
      lanPort: () => ports.lan,
      consoleDir,
    });
  const router = createRouter({
    access,
    people,
    issued,
    trust,
    rack,
    breaker,
    fleet: members,
    relay: () => link?.relay,
    discovery: () => ({ state: discovery.state(), adapter: discovery.adapter, found: found.list((id) => members.has(id), trust.id) }),
    history: rings.history,
    knows: (nodeId) => nodeId === trust.id || members.has(nodeId),
    checks: () => Promise.resolve(checks()),
    routes: () => routesOf({ lan: ports.lan > 0, relays: link !== undefined }),
    supportFiles: () => Promise.resolve(supportFiles({ config, logDir: log.dir, checks: checks(), snapshot: rack.snapshot(), version })),
  });
  let openApi: Promise<unknown> | undefined;
  const web = createWebServer({
    router,
    interceptor: faultsOnly({ log, ids }),
    gate: createAdmission({ trust, people, issued, desktop: config.desktop }),
    consoleDir,
    caPem: trust.caPem,
    doors: breaker.doors,
    openApi: () => (openApi ??= import("./kernel/http/openapi.ts").then((m) => m.createOpenApi(version))),
    log,
  });

  const { path: socket, bound, loopback, lan } = await listen(web, config, trust.tls(), log);
  ports = { loopback: loopback.port, lan: lan.port };
  trust.onChange(() => lan.swap(trust.tls()));

  await breaker.start();
  const stops = [ups.start(), sampler.start(), rack.start(), sampler.onSample((sample) => rings.add(trust.id, [sample])), rings.start()];
  discovery.start();
  announce();
  relink();
  if (!config.desktop && (trust.membership().standing === "new" || (trust.isMain() && !people.claimed()))) access.pairing.open();
  keepReserve(config.stateDir, log);
  stops.push(
    clock.every(60_000, () => {
      keepReserve(config.stateDir, log);
      access.pairing.view();
      if (trust.isMain() && (trust.dueForRenewal() || trust.addressesChanged()))
        trust.reissueOwn().catch((error: unknown) => log.error("trust.renewal-failed", { error }));
    }),
  );

  const serving = { pid: process.pid, socket, loopback: `http://127.0.0.1:${ports.loopback}`, lan: ports.lan, id: trust.id, startedAt: run.lastRestart.at };
  writeWhole(join(config.stateDir, "aosd.json"), JSON.stringify(serving));
  process.stdout.write(`${JSON.stringify({ event: "aosd.serving", ...serving })}\n`);
  log.info("aosd.serving", { ...serving, fingerprint: trust.fingerprint, standing: trust.membership().standing });

  return {
    async stop() {
      log.info("aosd.stopping");
      rack.stop();
      await new Promise((resolve) => setTimeout(resolve, 50));
      link?.stop();
      members.stop();
      for (const stop of stops.toReversed()) stop();
      await rings.stop();
      await discovery.stop();
      await breaker.stop();
      web.close();
      await Promise.all(bound.map((one) => one.close()));
      await pool.close();
      rmSync(join(config.stateDir, "aosd.json"), { force: true });
      run.end();
      log.info("aosd.stopped");
      await log.close();
    },
  };
}
