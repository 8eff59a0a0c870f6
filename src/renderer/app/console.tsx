import type { createTanstackQueryUtils } from "@orpc/tanstack-query";
import { createContext, use } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { allows, type LadderRole, type Role, type SideRole } from "../../contract/roles.ts";
import type { BreakerView } from "../../contract/breaker.ts";
import type { Clock } from "./clock.ts";
import type { Client } from "./link/link.ts";
import type { Preferences } from "./preferences.ts";
import type { ConsoleState, ConsoleStore, KnownNode } from "./store.ts";
import type { Theme } from "./theme.ts";
import { useNow as useTickerNow, type Ticker } from "./tick.ts";

/** What the composition root hands to the screens. */
export interface ConsolePorts {
  store: ConsoleStore;
  client: Client;
  query: ReturnType<typeof createTanstackQueryUtils<Client>>;
  relink: () => void;
  /** Stops the rack, at once and without asking. */
  trip: () => void;
  /** Takes the log as it is now for the one that this device remembers. */
  acceptLog: () => void;
  clock: Clock;
  ticker: Ticker;
  theme: Theme;
  preferences: Preferences;
  /** True inside the desktop, whose aosd may join a rack; false in a browser. */
  desktop: boolean;
}

const ConsoleContext = createContext<ConsolePorts | null>(null);
export const ConsoleProvider = ConsoleContext;

/** The ports of the composition root. */
export function usePorts(): ConsolePorts {
  const ports = use(ConsoleContext);
  if (!ports) throw new Error("usePorts outside ConsoleProvider");
  return ports;
}

/** Reads a part of the console's state; renders again only when that part changes. */
export function useConsole<T>(select: (state: ConsoleState) => T): T {
  return useStore(usePorts().store, select);
}

/** Reads several parts; renders again when one of them changes. */
export function useConsoleShallow<T>(select: (state: ConsoleState) => T): T {
  return useStore(usePorts().store, useShallow(select));
}

/** True once what is on screen may no longer hold. */
export const isStale = (state: ConsoleState): boolean => state.link.kind !== "live";
export const useStale = (): boolean => useConsole(isStale);

/** The stop as last told; null before the first. */
export const useBreaker = (): BreakerView | null => useConsole((state) => state.breaker);
/** True once the stop's state may no longer hold. */
export const useBreakerStale = (): boolean => useConsole((state) => state.link.kind !== "live" || state.breakerSilent);

export const useNode = (id: string): KnownNode | undefined => useConsole((state) => state.nodes[id]);

/** Monotonic now, twice a second. */
export const useNow = (): number => useTickerNow(usePorts().ticker);

/** The caller's role; public until the aosd has said it. */
export const useRole = (): Role => useConsole((state) => state.me?.role ?? "public");

/** Whether the caller may do what needs `role` (or one of `also`). The daemon decides; this only explains beforehand. */
export function useMay(role: LadderRole, also: readonly SideRole[] = []): boolean {
  return allows(useRole(), { role, also });
}
