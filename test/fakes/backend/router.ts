import type { AosdIdentity, Me } from "../../../src/contract/access.ts";
import { metrics } from "../../../src/contract/rack.ts";
import type { PersonRole } from "../../../src/contract/roles.ts";
import type { FakeBreaker } from "./breaker/create.ts";
import { breakerRouter } from "./breaker/router.ts";
import { fault, guardedFake } from "./guard.ts";
import { fingerprintOf, idOf } from "./nodes.ts";
import type { BackendOptions } from "./options.ts";
import type { FakePeople } from "./people.ts";
import type { FakeRack } from "./rack.ts";

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
/** Leaves out what the caller left out. */
const given = <T extends object>(input: T): Given<T> => Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Given<T>;

const pairingCode = "48210937";

export function createRouter(options: BackendOptions, rack: FakeRack, people: FakePeople, breaker: FakeBreaker, base: () => string) {
  let standing: AosdIdentity["standing"] = options.standing;
  let linked: Me["link"] = null;
  let tries = 5;

  const identity = (): AosdIdentity => {
    const main = rack.snapshot().nodes[0];
    return {
      id: main?.id ?? idOf(0),
      name: main?.name ?? "노드 1",
      roles: main?.roles ?? [],
      serial: main?.serial ?? "AOS",
      fingerprint: main?.fingerprint ?? fingerprintOf("x"),
      version: "0.1.0",
      standing,
      rackName: standing === "new" ? null : rack.settings().name,
      claimed: true,
      pairing: people.window().state,
    };
  };
  const other = (address: string): AosdIdentity => {
    const found = rack.discovery().found.find((one) => address.startsWith(one.addresses[0] ?? "?"));
    const index = address.includes(".52") ? 91 : 90;
    return {
      ...identity(),
      id: idOf(index),
      name: found?.name ?? "작업실",
      roles: found?.roles ?? ["pool"],
      serial: "AOS-12U-0502",
      fingerprint: fingerprintOf(`key ${index}`),
      standing: "new",
      rackName: null,
      claimed: false,
      pairing: found?.pairing ?? "open",
    };
  };
  const link = (personId: string) => ({ url: `${base()}/#/enter?token=${people.link(personId)}`, expiresInMs: 600_000 });
  const node = (id: string) => {
    const found = rack.find(id);
    if (!found) throw fault("rack.node-not-found", { nodeId: id });
    return found;
  };
  const dial = (address: string, code: string) => {
    if (!/^[\w.:[\]-]+$/.test(address)) throw fault("rack.address-invalid", { address });
    if (address.includes(".99")) throw fault("access.not-responding", { address });
    if (address.includes(".52")) throw fault("access.window-closed", { reason: "never-opened" });
    if (tries === 0) throw fault("access.window-closed", { reason: "too-many-tries" });
    if (code !== pairingCode) {
      tries -= 1;
      throw fault("access.code-wrong", { triesLeft: tries });
    }
  };
  const never = () => {
    throw fault("access.denied", { role: "owner", needs: "node" });
  };

  const os = guardedFake(() => standing === "new");
  const { access, rack: area } = os;

  return os.router({
    access: {
      me: access.me.handler(({ context }) => ({
        role: context.role,
        via: context.via,
        person: context.role === "public" ? null : { id: "p1", name: "사장님" },
        device: context.role === "public" ? null : { id: "d1", name: "가게 데스크톱" },
        aosd: identity(),
        link: linked,
      })),
      trust: access.trust.handler(() => ({
        ca: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        fingerprint: fingerprintOf("ca"),
        addresses: ["https://10.0.10.11:7443"],
      })),
      routes: access.routes.handler(() => ({ routes: [] })),
      session: {
        start: access.session.start.handler(({ input, context }): { role: PersonRole; state: "admitted" | "waiting"; recoveryKey: string | null } => {
          if (!context.setCookie) throw fault("access.needs-http", {});
          if (input.token !== undefined) {
            const redeemed = people.redeem(input.token);
            if (!redeemed) throw fault("access.link-invalid", {});
            context.setCookie(redeemed.session);
            return { role: redeemed.role, state: "admitted", recoveryKey: null };
          }
          const outcome = people.tryCode(input.code ?? "");
          const window = people.window();
          if (outcome === "closed") throw fault("access.window-closed", { reason: window.state === "closed" ? window.reason : "closed" });
          if (outcome === "wrong") {
            if (window.state === "closed") throw fault("access.window-closed", { reason: window.reason });
            throw fault("access.code-wrong", { triesLeft: window.triesLeft });
          }
          context.setCookie(people.session("viewer"));
          return { role: "viewer", state: "admitted", recoveryKey: null };
        }),
        end: access.session.end.handler(({ context }) => {
          if (!context.setCookie) throw fault("access.needs-http", {});
          context.setCookie("");
          return { ended: context.session !== undefined && people.end(context.session) };
        }),
        link: access.session.link.handler(() => link("p1")),
      },
      claim: access.claim.handler(() => {
        throw fault("access.already-claimed", {});
      }),
      recover: access.recover.handler(() => {
        throw fault("access.recovery-key-wrong", { waitSeconds: 30 });
      }),
      window: {
        get: access.window.get.handler(() => people.window()),
        open: access.window.open.handler(() => people.openWindow()),
        close: access.window.close.handler(() => people.closeWindow()),
      },
      join: access.join.handler(({ input }) => {
        dial(input.address, input.code);
        standing = "console";
        const first = rack.snapshot().nodes[0];
        linked = { rackName: rack.settings().name, mainId: first?.id ?? idOf(0), address: input.address, state: "connected", lostForMs: null };
        return { rackName: rack.settings().name, state: "admitted", recoveryKey: "K7QF-2M9X-4TRB-8WNC-5HJD-3VPA" };
      }),
      leave: access.leave.handler(() => {
        if (standing !== "console") throw fault("rack.not-linked", {});
        standing = "new";
        linked = null;
        return { left: true };
      }),
      probe: access.probe.handler(({ input }) => {
        if (!/^[\w.:[\]-]+$/.test(input.address)) throw fault("rack.address-invalid", { address: input.address });
        if (input.address.includes(".99")) throw fault("access.not-responding", { address: input.address });
        return { identity: other(input.address), address: input.address.split(":")[0] ?? input.address, port: 7443 };
      }),
      person: {
        list: access.person.list.handler(() => people.list()),
        invite: access.person.invite.handler(({ input }) => {
          const person = people.invite(input.name, input.role, input.days);
          return { person, link: link(person.id) };
        }),
        update: access.person.update.handler(({ input }) => {
          const before = people.find(input.id);
          if (!before) throw fault("access.not-found", {});
          if (before.role === "owner" && input.role !== undefined && input.role !== "owner" && people.owners() === 1) throw fault("access.last-owner", {});
          const after = people.update(input.id, given({ name: input.name, role: input.role }));
          return after ?? before;
        }),
        remove: access.person.remove.handler(({ input }) => {
          const before = people.find(input.id);
          if (!before) throw fault("access.not-found", {});
          if (before.role === "owner" && people.owners() === 1) throw fault("access.last-owner", {});
          return { removed: people.remove(input.id) };
        }),
      },
      device: {
        admit: access.device.admit.handler(({ input }) => {
          const after = people.setDevice(input.id, given({ state: "admitted" as const, role: input.role }));
          if (!after) throw fault("access.not-found", {});
          return after;
        }),
        revoke: access.device.revoke.handler(({ input }) => {
          if (people.findDevice(input.id)?.self === true) throw fault("access.last-owner", {});
          const after = people.setDevice(input.id, { state: "revoked" });
          if (!after) throw fault("access.not-found", {});
          return after;
        }),
        renew: access.device.renew.handler(never),
      },
      pair: {
        parameters: access.pair.parameters.handler(never),
        begin: access.pair.begin.handler(never),
        finish: access.pair.finish.handler(never),
        install: access.pair.install.handler(never),
      },
      peer: {
        release: access.peer.release.handler(never),
        request: access.peer.request.handler(never),
        install: access.peer.install.handler(never),
        revocations: access.peer.revocations.handler(never),
      },
    },
    breaker: breakerRouter(os.breaker, breaker),
    rack: {
      snapshot: area.snapshot.handler(() => rack.snapshot()),
      watch: area.watch.handler(({ signal }) => rack.watch(signal)),
      found: area.found.handler(() => rack.discovery()),
      doctor: area.doctor.handler(() => ({ checks: [] })),
      supportBundle: area.supportBundle.handler(() => ({ files: [{ name: "versions.txt", text: "0.1.0" }] })),
      settings: { get: area.settings.get.handler(() => rack.settings()), set: area.settings.set.handler(({ input }) => rack.setSettings(given(input))) },
      node: {
        history: area.node.history.handler(({ input }) => rack.history(node(input.nodeId).id, input.minutes, input.metrics ?? metrics)),
        add: area.node.add.handler(({ input }) => {
          dial(input.address, input.code);
          const added = rack.add(other(input.address).name);
          return { nodeId: added.id, name: added.name, fingerprint: added.fingerprint };
        }),
        rename: area.node.rename.handler(({ input }) => rack.change(node(input.nodeId).id, { name: input.name }) ?? node(input.nodeId)),
        place: area.node.place.handler(({ input }) => {
          const by = rack.takenBy(node(input.nodeId).id, input.from, input.height);
          if (by) throw fault("rack.unit-taken", { by: by.name });
          return rack.change(input.nodeId, { unit: { from: input.from, height: input.height } }) ?? node(input.nodeId);
        }),
        remove: area.node.remove.handler(({ input }) => {
          rack.remove(node(input.nodeId).id);
          return { revoked: true };
        }),
      },
      plan: {
        get: area.plan.get.handler(() => rack.plan()),
        set: area.plan.set.handler(({ input }) => {
          rack.setPlan(given(input));
          return rack.plan();
        }),
      },
      alert: {
        acknowledge: area.alert.acknowledge.handler(({ input }) => {
          const after = rack.acknowledge(input.id);
          if (!after) throw fault("rack.alert-not-found", {});
          return after;
        }),
        mute: area.alert.mute.handler(({ input }) => {
          const after = rack.acknowledge(input.id);
          if (!after) throw fault("rack.alert-not-found", {});
          return { ...after, mutedForMs: input.minutes * 60_000 };
        }),
      },
      peer: { pulse: area.peer.pulse.handler(never) },
    },
  });
}
