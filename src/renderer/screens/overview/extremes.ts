import type { NodeView } from "../../../contract/rack.ts";
import { known } from "../../app/format.ts";
import { percentOf } from "../node/bands.ts";

export interface Extreme {
  name: string;
  value: number;
}

function top<T>(items: readonly T[], name: (item: T) => string, value: (item: T) => number | null): Extreme | null {
  let best: Extreme | null = null;
  for (const item of items) {
    const found = value(item);
    if (found !== null && (best === null || found > best.value)) best = { name: name(item), value: found };
  }
  return best;
}

/** The fullest disk in percent, among nodes that can tell. */
export function fullestDisk(nodes: readonly NodeView[]): Extreme | null {
  return top(
    nodes,
    (node) => node.name,
    (node) => {
      const percent = node.sample ? percentOf(node.sample.diskUsedBytes, node.sample.diskTotalBytes) : "unknown";
      return known(percent) ? percent : null;
    },
  );
}

/** The hottest node, among those that have a sensor. */
export function hottest(nodes: readonly NodeView[]): Extreme | null {
  return top(
    nodes,
    (node) => node.name,
    (node) => (known(node.sample?.temperatureC) ? node.sample.temperatureC : null),
  );
}

/** The certificate that ends first. */
export function firstCertificate(nodes: readonly NodeView[]): Extreme | null {
  const found = top(
    nodes,
    (node) => node.name,
    (node) => (node.certNotAfter === null ? null : -node.certNotAfter),
  );
  return found && { name: found.name, value: -found.value };
}
