/** How often a keeper speaks. Milliseconds. */
export const rhythm = {
  /** Between two leases while something runs; also how often a member looks at its own. */
  renew: 100,
  /** Between two leases while nothing runs: they carry no deadline then. */
  idle: 500,
  /** Between two tries to tell a stop, and for how long; later a node that doesn't answer is told in the usual rhythm. */
  repeat: 20,
  repeatFor: 2000,
  /** Between two pictures for the daemon when nothing changed but ages. */
  draw: 500,
  /** RUN frames of the physical button are no older than this. */
  buttonSilent: 500,
  /** A command answers after this, on disk or not. */
  diskWait: 1000,
} as const;
