import type { Clock } from "../../kernel/clock.ts";
import type { Config } from "../../kernel/config.ts";
import type { Log } from "../../kernel/log.ts";
import { createBonjourDiscovery } from "./bonjour.ts";
import { createDnsSdDiscovery } from "./dns-sd.ts";
import type { Discovery, DiscoveryEvents } from "./port.ts";

/** The discovery adapter for this system: macOS asks its own responder (it owns port 5353 and the permission), others use bonjour-service. */
export function createDiscovery(choice: Config["discovery"], deps: { clock: Clock; log: Log; events: DiscoveryEvents }): Discovery {
  if (choice === "off") return { adapter: "none", start() {}, stop: () => Promise.resolve(), announce() {}, rescan() {}, state: () => "off" };
  return choice === "dns-sd" || (choice === "auto" && process.platform === "darwin") ? createDnsSdDiscovery(deps) : createBonjourDiscovery(deps);
}
