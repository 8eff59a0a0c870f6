import type { VaultMatcher } from "../../../access/domain/vault-windows.ts";
import { finding, type Finding } from "./secrets-finding.ts";

export type { VaultMatcher } from "../../../access/domain/vault-windows.ts";

/** The vault's own values in `text`, whole or in part, in any of the disguises that the matcher knows. The preview names the handle, which is public. */
export function findVault(text: string, vault: VaultMatcher, found: Finding[]): void {
  for (const hit of vault.find(text))
    found.push(finding("vault", hit.start, hit.end, hit.whole ? "certain" : "likely", `${hit.canary ? "canary" : "vault"}:${hit.handle}`));
}
