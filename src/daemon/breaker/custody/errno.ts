/** The code that the system gave an error, if it gave one. */
export const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** What was looked for is no longer there. */
export const isGone = (error: unknown): boolean => ["ENOENT", "ESRCH", "ENODEV"].includes(errnoOf(error) ?? "");
