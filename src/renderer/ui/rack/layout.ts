/** Where things stand in the racks. Rows count from the top of a frame, 0 first. */
export type Slot = { kind: "node"; id: string; row: number; height: number } | { kind: "switch" | "button" | "ups"; row: number; height: number };

export interface Frame {
  units: number;
  /** The number printed beside each row, from the top. */
  numbers: number[];
  slots: Slot[];
}

export interface LayoutInput {
  nodes: readonly { id: string; unit: { from: number; height: number } | null }[];
  units: number;
  numberedFrom: "top" | "bottom";
}

const aloneUnits = 4;
const furniture = [
  { kind: "switch", height: 1 },
  { kind: "button", height: 1 },
  { kind: "ups", height: 2 },
] as const;

const overlaps = (a: { row: number; height: number }, b: { row: number; height: number }) => a.row < b.row + b.height && b.row < a.row + a.height;

function free(slots: readonly Slot[], units: number, height: number): number | null {
  for (let row = 0; row + height <= units; row += 1) {
    if (!slots.some((slot) => overlaps(slot, { row, height }))) return row;
  }
  return null;
}

const numbersOf = (units: number, from: "top" | "bottom") => Array.from({ length: units }, (_, row) => (from === "top" ? row + 1 : units - row));

/** The row of a node that somebody placed: `from` is the lowest number it fills, whichever way the rails count. */
export function rowOf(unit: { from: number; height: number }, units: number, numberedFrom: "top" | "bottom"): number {
  return numberedFrom === "top" ? unit.from - 1 : units - (unit.from + unit.height - 1);
}

function alone(id: string, numberedFrom: "top" | "bottom"): Frame {
  return {
    units: aloneUnits,
    numbers: numbersOf(aloneUnits, numberedFrom),
    slots: [
      { kind: "node", id, row: 0, height: 2 },
      { kind: "button", row: 2, height: 1 },
      { kind: "ups", row: 3, height: 1 },
    ],
  };
}

/**
 * Frames with everything in them. One machine alone gets a short frame. Switch, button and UPS keep their places of the
 * founding page unless a node was put there; nodes that nobody placed fill what is free, and further racks when it is full.
 */
export function layoutRacks({ nodes, units, numberedFrom }: LayoutInput): Frame[] {
  const [first] = nodes;
  if (nodes.length === 1 && first) return [alone(first.id, numberedFrom)];
  const highest = Math.max(units, ...nodes.map((node) => (node.unit ? node.unit.from + node.unit.height - 1 : 0)));
  const slots: Slot[] = [];
  const unplaced: string[] = [];
  for (const node of nodes) {
    const slot = node.unit && ({ kind: "node", id: node.id, row: rowOf(node.unit, highest, numberedFrom), height: node.unit.height } as const);
    if (slot && !slots.some((other) => overlaps(other, slot))) slots.push(slot);
    else unplaced.push(node.id);
  }
  const wanted = { switch: 0, button: highest - 3, ups: highest - 2 };
  for (const { kind, height } of furniture) {
    const place = { kind, row: wanted[kind], height };
    const isFree = place.row >= 0 && !slots.some((other) => overlaps(other, place));
    const row = isFree ? place.row : free(slots, highest, height);
    if (row !== null) slots.push({ kind, row, height });
  }
  const room = highest - slots.reduce((sum, slot) => sum + slot.height, 0);
  const height = unplaced.length * 2 <= room ? 2 : 1;
  const frames: Frame[] = [{ units: highest, numbers: numbersOf(highest, numberedFrom), slots }];
  for (const id of unplaced) {
    let frame = frames.at(-1);
    let row = frame ? free(frame.slots, frame.units, height) : null;
    if (!frame || row === null) {
      frame = { units, numbers: numbersOf(units, numberedFrom), slots: [] };
      frames.push(frame);
      row = 0;
    }
    frame.slots.push({ kind: "node", id, row, height });
  }
  for (const frame of frames) frame.slots.sort((a, b) => a.row - b.row);
  return frames;
}

/** Runs of rows where nothing stands: the void and the rail holes show. */
export function gaps(frame: Frame): { row: number; height: number }[] {
  const found: { row: number; height: number }[] = [];
  let row = 0;
  for (const slot of frame.slots) {
    if (slot.row > row) found.push({ row, height: slot.row - row });
    row = slot.row + slot.height;
  }
  if (row < frame.units) found.push({ row, height: frame.units - row });
  return found;
}
