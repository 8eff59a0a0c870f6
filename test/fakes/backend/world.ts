import { createFakeBreaker } from "./breaker/create.ts";
import type { BackendOptions } from "./options.ts";
import { createFakePeople } from "./people.ts";
import { createFakeRack } from "./rack.ts";
import { createRouter } from "./router.ts";

/** Wires the fake rack and its people to the contract. `base` gives the address that one-time links start with. */
export function createPeopleAndRack(options: BackendOptions, base: () => string) {
  const now = () => Date.now();
  const rack = createFakeRack(options, now);
  const people = createFakePeople(now);
  const breaker = createFakeBreaker(options, rack, now);
  return { rack, people, breaker, router: createRouter(options, rack, people, breaker, base) };
}
