import { excludeNode, noteReason, resetRack, sawEpoch, startRack, type LatchStep, type RackLatch } from "./domain/rack-latch.ts";
import { isSilent, resetChecks, silentMs, waits, type Snapshot } from "./domain/rack-view.ts";
import type { LatchRecord } from "./domain/record.ts";
import type { CommandAnswer } from "./messages.ts";
import { rhythm } from "./rhythm.ts";

/** The keeper's state as commands see and change it. */
export interface Desk {
  mono(): number;
  rack(): RackLatch | null;
  snapshot(): Snapshot;
  /** The record as it would stand with this latch. */
  record(rack: RackLatch): LatchRecord;
  /** Writes a record that doesn't hold yet; true once it is on disk. */
  writeAhead(record: LatchRecord, withinMs: number): Promise<boolean>;
  /** Gives up what was written ahead: the present latch is written over it. */
  writeBack(): void;
  /** Waits until the present latch is on disk. */
  whenSaved(withinMs: number): Promise<boolean>;
  set(rack: RackLatch): void;
  /** Notes an epoch as used, without a step. */
  saw(epoch: number): void;
}

const notMain: CommandAnswer = { ok: false, code: "not-main" };

/** What an owner asks of the rack's latch: each returns a refusal with its reason, and none but `start` opens. */
export function createCommands(desk: Desk) {
  const apply = (step: LatchStep): CommandAnswer => {
    if (!step.ok) return step;
    desk.set(step.rack);
    return { ok: true, epoch: step.rack.epoch };
  };
  return {
    note(reason: string): CommandAnswer {
      const rack = desk.rack();
      return rack === null ? notMain : apply({ ok: true, rack: { ...rack, trip: noteReason(rack.trip, reason) } });
    },
    /** `blocked`: outcomes are unknown that somebody has to look at first. */
    async reset({ at, blocked }: { at: number | undefined; blocked: boolean }): Promise<CommandAnswer> {
      const rack = desk.rack();
      if (rack === null) return notMain;
      const checks = resetChecks(desk.snapshot(), rack, [], desk.mono());
      const answer = apply(resetRack(rack, { at, checked: !blocked && checks.every((check) => check.ok) }));
      if (answer.ok) await desk.whenSaved(rhythm.diskWait);
      return answer;
    },
    /** The new epoch is on disk before anybody may run under it. */
    async start(at: number | undefined): Promise<CommandAnswer> {
      const before = desk.rack();
      if (before === null) return notMain;
      const { heard, button } = desk.snapshot();
      const back = heard.filter((one) => one.ack !== null && desk.mono() - one.ackAt <= silentMs).map((one) => one.nodeId);
      const next = startRack(before, { at, back, waiting: heard.some((one) => waits(before, one)) });
      if (!next.ok) return next;
      if (button.state !== "none" && button.state !== "run") return { ok: false, code: "checks" };
      desk.saw(next.rack.epoch);
      const onDisk = await desk.writeAhead(desk.record(next.rack), rhythm.diskWait);
      const rack = desk.rack();
      if (!onDisk || rack === null || rack.epoch !== before.epoch || rack.state !== before.state) {
        desk.writeBack();
        return { ok: false, code: onDisk ? "moved-on" : "not-on-disk" };
      }
      return apply({ ok: true, rack: sawEpoch(next.rack, rack.seen) });
    },
    exclude(nodeId: string): CommandAnswer {
      const rack = desk.rack();
      if (rack === null) return notMain;
      const heard = desk.snapshot().heard.find((one) => one.nodeId === nodeId);
      if (!heard) return { ok: false, code: "unknown-node" };
      return apply(excludeNode(rack, nodeId, { silent: isSilent(rack, heard, desk.mono()) }));
    },
  };
}
