import { z } from "zod";

/** A value that nobody could read is the word, never 0 and never a blank. */
export const unknown = z.literal("unknown");
export const reading = z.union([z.number(), unknown]);
export type Reading = z.infer<typeof reading>;

/** Milliseconds since the epoch, UTC. Ages and durations are never computed from two of these: they come as `...Ms`. */
export const instant = z.number().int().nonnegative();
/** Milliseconds by a monotonic clock. */
export const duration = z.number().nonnegative();

export const nodeRoles = ["main", "pool", "llm", "storage"] as const;
export const nodeRole = z.enum(nodeRoles);
export type NodeRole = z.infer<typeof nodeRole>;

/** Roles that main can give to a node as it takes it in; there is one main. */
export const memberRole = z.enum(["pool", "llm", "storage"]);

/** First 80 bits of SHA-256 over the node's public key (SPKI), base32, so that an id can't be claimed with another key. */
export const nodeId = z.string().regex(/^[a-z2-7]{16}$/);
/** SHA-256 of the public key, first 8 bytes, as people compare it: `3F:A2:91:0C:D4:7E:58:B1`. */
export const fingerprint = z.string().regex(/^([0-9A-F]{2}:){7}[0-9A-F]{2}$/);
/** `host` or `host:port`; IPv6 in brackets when a port follows. */
export const address = z.string().trim().min(1).max(255);
export const displayName = z.string().trim().min(1).max(60);
export const pairingCode = z
  .string()
  .transform((s) => s.replace(/[\s-]/g, ""))
  .pipe(z.string().regex(/^\d{8}$/));
