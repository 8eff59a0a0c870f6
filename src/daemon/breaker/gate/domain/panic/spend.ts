/** What was spent in the last 24 hours, in pieces. `mono` may lie before the daemon's start. */
export interface Expense {
  mono: number;
  amount: number;
}

export const SPEND_WINDOW_MS = 86_400_000;
const MOST = 512;

/** Adds to a list that stays short: once full, the two oldest become one as young as the younger, so that nothing is forgotten early. */
export function spend(list: Expense[], one: Expense): void {
  while (list[0] !== undefined && one.mono - list[0].mono >= SPEND_WINDOW_MS) list.shift();
  list.push(one);
  const [first, second] = list;
  if (list.length > MOST && first !== undefined && second !== undefined) list.splice(0, 2, { mono: second.mono, amount: first.amount + second.amount });
}

export const spent = (list: readonly Expense[], mono: number): number =>
  list.reduce((sum, one) => (mono - one.mono < SPEND_WINDOW_MS ? sum + one.amount : sum), 0);

/** Percent of a cap; 0 without spending, 100 when anything was spent against a cap of 0. */
export const percentOf = (sum: number, cap: number): number => (sum <= 0 ? 0 : cap <= 0 ? 100 : (sum / cap) * 100);
