import type { Sample } from "../../../contract/rack.ts";
import type { Reading } from "../../../contract/values.ts";
import { known } from "../../app/format.ts";

/** The normal range of each meter. Shares are percent of the machine's own total. */
export const bands = {
  beatMs: { min: 0, max: 3000, band: [0, 1000] },
  cpuPercent: { min: 0, max: 100, band: [0, 85] },
  memoryPercent: { min: 0, max: 100, band: [0, 88] },
  diskPercent: { min: 0, max: 100, band: [0, 85] },
  temperatureC: { min: 20, max: 100, band: [20, 80] },
  powerW: { min: 0, max: 120, band: [3, 90] },
} as const;
export type BandName = keyof typeof bands;

/** `part` of `whole` in percent; unknown when either is, or when there is no whole. */
export function percentOf(part: Reading, whole: Reading): Reading {
  return known(part) && known(whole) && whole > 0 ? (part / whole) * 100 : "unknown";
}

/** Meters of a sample that stand outside their band. A reading that nobody could make is never outside. */
export function outside(sample: Sample): BandName[] {
  const values: Partial<Record<BandName, Reading>> = {
    cpuPercent: sample.cpuPercent,
    memoryPercent: percentOf(sample.memoryUsedBytes, sample.memoryTotalBytes),
    diskPercent: percentOf(sample.diskUsedBytes, sample.diskTotalBytes),
    temperatureC: sample.temperatureC,
    powerW: sample.powerW,
  };
  const names: BandName[] = ["temperatureC", "diskPercent", "memoryPercent", "cpuPercent", "powerW"];
  return names.filter((name) => {
    const value = values[name];
    return known(value) && (value < bands[name].band[0] || value > bands[name].band[1]);
  });
}
