import type { SecretView } from "../../contract/breaker.ts";
import type { Changed, Vault } from "../access/vault.ts";
import type { Caller } from "../kernel/caller.ts";
import { fault } from "../kernel/fault.ts";
import { actorOf } from "./actor.ts";
import type { Audit } from "./audit/audit.ts";

const refused = (code: (Changed & { ok: false })["code"], problem: string): Error => {
  switch (code) {
    case "vault.locked":
      return fault("breaker.vault-locked", { problem });
    case "vault.unknown-handle":
      return fault("breaker.not-found");
    case "vault.bad-handle":
      return fault("kernel.invalid-input", { issues: [{ path: "handle", message: code }] });
    case "vault.bad-host":
      return fault("kernel.invalid-input", { issues: [{ path: "hosts", message: code }] });
    case "vault.bad-value":
      return fault("kernel.invalid-input", { issues: [{ path: "value", message: code }] });
  }
};

/** What people do with the vault: names and hosts can be seen, values only be put in. Each change is in the log first. */
export function createVaultDesk({ vault, audit, epoch }: { vault: Vault; audit: Audit; epoch(): number }) {
  const record = (caller: Caller, code: string, handle: string) =>
    audit.append({ ...actorOf(caller), kind: "secret", title: { code, params: { handle } }, epoch: epoch() });
  const problem = () => {
    const state = vault.state();
    return state.state === "locked" ? state.code : "";
  };
  const viewOf = ({ handle, hosts, note, createdAt, lastUsedAt }: ReturnType<Vault["list"]>[number]): SecretView => ({
    handle,
    hosts,
    note,
    at: createdAt,
    usedAt: lastUsedAt,
  });
  return {
    list: () => {
      const state = vault.state();
      return { state: state.state, problem: state.state === "locked" ? state.code : null, secrets: vault.list().map(viewOf) };
    },
    async set(caller: Caller, { handle, value, hosts, note }: { handle: string; value: string; hosts: string[]; note: string }): Promise<SecretView> {
      await record(caller, "secret-set", handle);
      const done = vault.set(handle, value, { hosts, note });
      if (!done.ok) throw refused(done.code, problem());
      const saved = vault.list().find((one) => one.handle === handle);
      if (saved === undefined) throw fault("breaker.not-found");
      return viewOf(saved);
    },
    async remove(caller: Caller, handle: string): Promise<{ ok: true }> {
      await record(caller, "secret-remove", handle);
      const done = vault.remove(handle);
      if (!done.ok) throw refused(done.code, problem());
      return { ok: true };
    },
  };
}
