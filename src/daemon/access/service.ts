import { networkInterfaces } from "node:os";
import type { AosdIdentity, Me } from "../../contract/access.ts";
import type { NodeRole } from "../../contract/values.ts";
import type { Context } from "../kernel/caller.ts";
import type { Clock } from "../kernel/clock.ts";
import { fault } from "../kernel/fault.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { formatAddress } from "./dial.ts";
import { createEnrolment } from "./enrolment.ts";
import type { Issued } from "./issued.ts";
import { createPairing } from "./pairing.ts";
import type { People } from "./people.ts";
import { createRecoveryKey } from "./recovery.ts";
import { createSessions } from "./sessions.ts";
import type { Trust } from "./trust.ts";

export interface AccessDeps {
  trust: Trust;
  people: People;
  issued: Issued;
  clock: Clock;
  ids: Ids;
  log: Log;
  name: () => string;
  roles: () => readonly NodeRole[];
  version: string;
  desktop: boolean;
  loopbackOnly: boolean;
  /** Base of the one-time links: the loopback console's address. */
  loopbackOrigin: () => string;
  lanPort: () => number;
  /** State of the console's link to its rack, when there is one. */
  link: () => { state: NonNullable<Me["link"]>["state"]; lostForMs: number | null } | null;
  onWindow(open: boolean): void;
  /** After this aosd joined or left a rack. */
  onMembership(): void;
}

export type Access = ReturnType<typeof createAccess>;

/** The access room: who this aosd is, and how people and machines come in. Refusals are thrown as faults of the contract. */
export function createAccess(deps: AccessDeps) {
  const { trust, people, issued, clock, ids, log } = deps;
  const pairing = createPairing({ clock, ids, log, ownId: trust.id, onWindow: (open) => deps.onWindow(open) });

  const identity = (): AosdIdentity => {
    const membership = trust.membership();
    return {
      id: trust.id,
      name: deps.name(),
      roles: [...deps.roles()],
      serial: trust.serial,
      fingerprint: trust.fingerprint,
      version: deps.version,
      standing: membership.standing,
      rackName: membership.standing === "new" ? null : membership.rackName,
      claimed: people.claimed(),
      pairing: pairing.view().state,
    };
  };
  /** Where other machines reach this one; only itself when the LAN listener is bound to the loopback address. */
  const addresses = () => {
    const port = deps.lanPort();
    if (deps.loopbackOnly) return [formatAddress({ host: "127.0.0.1", port })];
    return Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter((a) => !a.internal && a.family === "IPv4").map((a) => formatAddress({ host: a.address, port })),
    );
  };
  const needMain = () => {
    if (!trust.isMain()) throw fault("access.not-main");
  };
  const sealWithNewKey = () => {
    const recoveryKey = createRecoveryKey();
    trust.sealCa(recoveryKey);
    return recoveryKey;
  };
  const shared = { ...deps, pairing, identity, addresses, needMain, sealWithNewKey };

  return {
    identity,
    pairing,
    ...createSessions(shared),
    ...createEnrolment(shared),
    me(context: Context): Me {
      const membership = trust.membership();
      const { caller } = context;
      const state = deps.link();
      return {
        role: caller.role,
        via: caller.via,
        person: caller.person,
        device: caller.device,
        aosd: identity(),
        link:
          membership.standing === "console" && state && caller.role !== "public"
            ? { rackName: membership.rackName, mainId: membership.mainId, address: membership.address, ...state }
            : null,
      };
    },
    trustInfo: () => ({ ca: trust.caPem() ?? null, fingerprint: trust.caFp(), addresses: addresses() }),
    /** Takes back a device: its certificates, its sessions, its open connections. */
    async revokeDevice(id: string) {
      const device = await people.revoke(id);
      await issued.revoke({ kind: "device", id });
      return device;
    },
  };
}
