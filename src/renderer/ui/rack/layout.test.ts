import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaps, layoutRacks, rowOf } from "./layout.ts";

const appliance = [2, 4, 6, 8].map((from, index) => ({ id: `n${index}`, unit: { from, height: 2 } }));
const arbitrary = fc.record({
  units: fc.integer({ min: 4, max: 48 }),
  numberedFrom: fc.constantFrom("top" as const, "bottom" as const),
  nodes: fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 6 }),
      unit: fc.option(fc.record({ from: fc.integer({ min: 1, max: 48 }), height: fc.integer({ min: 1, max: 12 }) }), { nil: null }),
    }),
    {
      selector: (node) => node.id,
      minLength: 2,
      maxLength: 80,
    },
  ),
});

describe("the rack's layout", () => {
  it("draws the appliance as on the founding page", () => {
    const [frame, ...more] = layoutRacks({ nodes: appliance, units: 12, numberedFrom: "top" });
    expect(more).toEqual([]);
    expect(frame?.slots.map((slot) => [slot.kind === "node" ? slot.id : slot.kind, slot.row, slot.height])).toEqual([
      ["switch", 0, 1],
      ["n0", 1, 2],
      ["n1", 3, 2],
      ["n2", 5, 2],
      ["n3", 7, 2],
      ["button", 9, 1],
      ["ups", 10, 2],
    ]);
    expect(frame && gaps(frame)).toEqual([]);
  });

  it("gives one machine alone a short frame", () => {
    const frames = layoutRacks({ nodes: [{ id: "only", unit: null }], units: 12, numberedFrom: "top" });
    expect(frames.map((frame) => frame.units)).toEqual([4]);
  });

  it("counts from below where the rails do", () => {
    expect(rowOf({ from: 1, height: 2 }, 12, "bottom")).toBe(10);
    expect(rowOf({ from: 11, height: 2 }, 12, "bottom")).toBe(0);
  });

  it("draws each node once, nothing over anything else, nothing outside its frame", () => {
    fc.assert(
      fc.property(arbitrary, (input) => {
        const frames = layoutRacks(input);
        const ids = frames.flatMap((frame) => frame.slots.flatMap((slot) => (slot.kind === "node" ? [slot.id] : [])));
        expect(ids.toSorted()).toEqual(input.nodes.map((node) => node.id).toSorted());
        for (const frame of frames) {
          let row = 0;
          for (const slot of frame.slots) {
            expect(slot.row).toBeGreaterThanOrEqual(row);
            row = slot.row + slot.height;
          }
          expect(row).toBeLessThanOrEqual(frame.units);
          const filled = frame.slots.reduce((sum, slot) => sum + slot.height, 0) + gaps(frame).reduce((sum, gap) => sum + gap.height, 0);
          expect(filled).toBe(frame.units);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
