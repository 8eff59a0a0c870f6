import type { Device, Person } from "../../../contract/access.ts";

export interface Row {
  key: string;
  person: Person | null;
  device: Device | null;
}

/** One row a device with its person, then people without a device. Who waits comes first; what was disconnected is left out. */
export function rowsOf(people: readonly Person[], devices: readonly Device[]): Row[] {
  const live = devices.filter((device) => device.state !== "revoked");
  const rows = live.map((device): Row => ({ key: `d-${device.id}`, device, person: people.find((person) => person.id === device.personId) ?? null }));
  const waiting = rows.filter((row) => row.device?.state === "waiting");
  const rest = rows.filter((row) => row.device?.state !== "waiting");
  const alone = people
    .filter((person) => !live.some((device) => device.personId === person.id))
    .map((person): Row => ({ key: `p-${person.id}`, person, device: null }));
  return [...waiting, ...rest, ...alone];
}
