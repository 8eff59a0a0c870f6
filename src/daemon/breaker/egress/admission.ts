import { lookup } from "node:dns/promises";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { Log } from "../../kernel/log.ts";
import type { Fence } from "../domain/fence.ts";
import { addressKind } from "./domain/address.ts";
import type { Authority } from "./domain/authority.ts";
import { hostListed, insideListed, type OwnerList } from "./domain/owner-list.ts";
import type { EgressClass, EgressRefusal, Totals, Traveller } from "./domain/row.ts";
import type { Ledger } from "./ledger.ts";
import { nothingSent } from "./meter.ts";

/** The gate's word on one connection. A throw, silence for 3 s or anything malformed is a no. */
export interface EgressPolicy {
  decide(asked: {
    host: string;
    port: number;
    /** GET, POST and so on; CONNECT for a tunnel. */
    method: string;
    act: string;
    agent: string;
  }): Promise<EgressAnswer>;
}
export type EgressAnswer = { allow: true; class: EgressClass; approvedBy: string } | { allow: false; reason: string };
const answer = z.discriminatedUnion("allow", [
  z.object({ allow: z.literal(true), class: z.enum(["8a", "8b"]), approvedBy: z.string() }),
  z.object({ allow: z.literal(false), reason: z.string() }),
]);

export interface AdmissionDeps {
  fence: Fence;
  policy: EgressPolicy;
  ledger: Ledger;
  clock: Clock;
  log: Log;
  /** What the owner said of the network. Throws when it can't be read: then nothing is let out. */
  owner(): OwnerList | Promise<OwnerList>;
  /** Addresses of a name. The system's resolver when not given. */
  resolve?: (host: string) => Promise<readonly string[]>;
  /** Places that nobody may reach, whatever the owner listed: this daemon's own servers. */
  forbidden?: (address: string, port: number) => boolean;
}

/** Let out: `address` is the one that was checked, and no other is dialled. `close` writes the row's end. */
export type Admission = { ok: true; address: string; close(totals: Totals): Promise<void> } | { ok: false; reason: EgressRefusal; detail?: string };

const decideMs = 3000;
const resolveMs = 5000;
const ledgerMs = 3000;
const systemResolve = async (host: string) => (await lookup(host, { all: true })).map((one) => one.address);

/** Judges connections, cheapest and strictest first; the name is looked up only after the policy said yes, since a question to a name server is a message too. */
export function createAdmission(deps: AdmissionDeps) {
  const { fence, policy, ledger, clock, log } = deps;
  const resolve = deps.resolve ?? systemResolve;

  const within = <T>(ms: number, what: string, task: () => T | Promise<T>): Promise<T> =>
    new Promise((settle, reject) => {
      const cancel = clock.after(ms, () => reject(new Error(`${what} took over ${ms} ms`)));
      Promise.resolve().then(task).then(settle, reject).finally(cancel);
    });

  const addressesOf = async ({ host }: Authority): Promise<readonly string[]> =>
    addressKind(host) === "invalid" ? within(resolveMs, "the resolver", () => resolve(host)) : [host];

  /** The row, before the first byte. One that is written too late is closed at once: nothing was sent for it. */
  const openRow = async (row: Parameters<Ledger["open"]>[0]): Promise<string> => {
    const opening = ledger.open(row);
    try {
      return await within(ledgerMs, "the ledger", () => opening);
    } catch (error) {
      opening.then((id) => ledger.close(id, nothingSent)).catch((late: unknown) => log.warn("egress.row-lost", { error: late }));
      throw error;
    }
  };

  return async (traveller: Traveller, authority: Authority, method: string): Promise<Admission> => {
    const { host, port } = authority;
    const live = () => fence.open(traveller.epoch);
    const no = (reason: EgressRefusal, detail?: string): Admission => ({ ok: false, reason, ...(detail === undefined ? {} : { detail }) });
    if (!live()) return no("latched");
    if (traveller.hosts !== null && !hostListed(host, traveller.hosts)) return no("host-not-declared");

    let owner: OwnerList;
    let said: EgressAnswer;
    try {
      owner = await within(decideMs, "the owner's list", () => deps.owner());
      const listed = hostListed(host, owner.hosts) || insideListed(authority, owner.inside);
      if (owner.mode !== "open" && !listed) return no("isolated");
      said = answer.parse(await within(decideMs, "the policy", () => policy.decide({ host, port, method, act: traveller.act, agent: traveller.agent })));
    } catch (error) {
      return no("policy-unavailable", String(error));
    }
    if (!said.allow) return no("policy", said.reason);
    if (!live()) return no("latched");

    let addresses: readonly string[];
    try {
      addresses = await addressesOf(authority);
    } catch (error) {
      return no("name-not-found", String(error));
    }
    const kinds = addresses.map(addressKind);
    const [address] = addresses;
    if (address === undefined || kinds.includes("invalid")) return no("name-not-found");
    // One inside address among public ones is how a name is turned against the network that looks it up.
    if (kinds.some((kind) => kind !== "public") && !insideListed(authority, owner.inside)) return no("address-inside");
    if (deps.forbidden?.(address, port) === true) return no("address-inside");
    if (!live()) return no("latched");

    let id: string;
    try {
      id = await openRow({
        act: traveller.act,
        agent: traveller.agent,
        epoch: traveller.epoch,
        host,
        port,
        method,
        address,
        class: said.class,
        approvedBy: said.approvedBy,
      });
    } catch (error) {
      return no("ledger-unavailable", String(error));
    }
    const close = (totals: Totals) => ledger.close(id, totals).catch((error: unknown) => log.error("egress.row-not-closed", { id, error }));
    if (!live()) {
      await close({ ...nothingSent, outcome: "cut" });
      return no("latched");
    }
    return { ok: true, address, close };
  };
}
