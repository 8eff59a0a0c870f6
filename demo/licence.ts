import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newKeys, signLicence } from "../build/licence.ts";

/** Flags that give a demo rack every level, by a licence of its own key: aosd believes that key only as a demo. */
export function demoLicence(dir: string, now: number): string[] {
  const { privateKey, publicKey } = newKeys();
  const terms = {
    plan: "dedicated",
    maxLevel: 5,
    packs: "all" as const,
    subAgents: "unlimited" as const,
    support: true,
    issuedAt: now - 60_000,
    notAfter: now + 30 * 86_400_000,
  };
  const path = join(dir, "licence.json");
  writeFileSync(path, signLicence(terms, privateKey), { mode: 0o600 });
  return ["--licence-file", path, "--licence-key", publicKey];
}
