import type { Clock } from "../../kernel/clock.ts";
import type { Ids } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import type { ButtonVerdict } from "../button/domain/judge.ts";
import type { ButtonSource } from "../button/reader.ts";
import type { Snapshot } from "./domain/rack-view.ts";

export interface ButtonConfig {
  source: ButtonSource;
  /** 32 bytes, hex. */
  key: string;
}

/** A button that speaks and means stop is one thing, a button that can't be heard or believed another: both stop. */
export function buttonState(verdict: ButtonVerdict): Snapshot["button"] {
  if (verdict.state === "run") return { state: "run", reason: null, heardAt: verdict.renewedAtMono };
  const { reason } = verdict;
  const speaks = reason === "pressed" || reason === "held" || reason === "fault";
  return { state: speaks ? "stop" : "unknown", reason, heardAt: verdict.heardAtMono };
}

/** The enrolled button in the keeper's thread; its reader is loaded where there is one. */
export function createButtonPort({
  clock,
  ids,
  log,
  onState,
  onShutdownWanted,
}: {
  clock: Clock;
  ids: Ids;
  log: Log;
  /** At each change, and at each RUN. */
  onState(state: Snapshot["button"]): void;
  onShutdownWanted(): void;
}) {
  let reader: { stop(): Promise<void> } | undefined;
  let turn: Promise<void> = Promise.resolve();

  const swap = async (config: ButtonConfig | null): Promise<void> => {
    // Closed until the new one has spoken, also while the old one is being let go.
    onState(
      config === null && reader === undefined ? { state: "none", reason: null, heardAt: null } : { state: "unknown", reason: "unplugged", heardAt: null },
    );
    await reader?.stop();
    reader = undefined;
    if (config === null) return onState({ state: "none", reason: null, heardAt: null });
    const { createButtonReader } = await import("../button/reader.ts");
    reader = createButtonReader({
      source: config.source,
      key: Buffer.from(config.key, "hex"),
      clock,
      ids,
      onChange(verdict) {
        onState(buttonState(verdict));
        if (verdict.reason === "held") onShutdownWanted();
      },
      onRenew: (verdict) => onState(buttonState(verdict)),
      onLink: (event) => log.info("button.link", event),
    });
  };
  return {
    /** The button that RUN depends on from now on; null: none. */
    set(config: ButtonConfig | null): Promise<void> {
      turn = turn.then(() => swap(config));
      return turn;
    },
  };
}
