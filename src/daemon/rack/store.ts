import type { Pulse } from "../../contract/rack.ts";
import { pulse } from "../../contract/rack.ts";
import { nodeRole, type NodeRole } from "../../contract/values.ts";
import { z } from "zod";
import type { Database } from "../kernel/sqlite/database.ts";

/** A member as main remembers it, also while it is away. */
export interface Member {
  id: string;
  name: string;
  roles: readonly NodeRole[];
  address: string | null;
  port: number;
  fingerprint: string;
  certFp: string | null;
  unit: { from: number; height: number } | null;
  /** Its last heartbeat without samples, so that a node that is away still has its serial and version. */
  last: Omit<Pulse, "samples"> | null;
  addedAt: number;
}

const roles = z.array(nodeRole);
const lastPulse = pulse.omit({ samples: true }).nullable().catch(null);

/** Members and settings of the rack in `aos.db`. */
export function createStore(db: Database) {
  return {
    async members(): Promise<Member[]> {
      return (await db.read("SELECT * FROM member ORDER BY added_at, id")).map((r) => ({
        id: String(r["id"]),
        name: String(r["name"]),
        roles: roles.parse(JSON.parse(String(r["roles"]))),
        address: r["address"] as string | null,
        port: Number(r["port"]),
        fingerprint: String(r["fingerprint"]),
        certFp: r["cert_fp"] as string | null,
        unit: r["unit_from"] === null ? null : { from: Number(r["unit_from"]), height: Number(r["unit_height"]) },
        last: lastPulse.parse(JSON.parse(String(r["last"] ?? "null"))),
        addedAt: Number(r["added_at"]),
      }));
    },
    save: (m: Member) =>
      db.write([
        {
          sql: `INSERT INTO member (id, name, roles, address, port, fingerprint, cert_fp, unit_from, unit_height, last, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles, address = excluded.address, port = excluded.port, fingerprint = excluded.fingerprint,
            cert_fp = excluded.cert_fp, unit_from = excluded.unit_from, unit_height = excluded.unit_height, last = excluded.last`,
          params: [
            m.id,
            m.name,
            JSON.stringify(m.roles),
            m.address,
            m.port,
            m.fingerprint,
            m.certFp,
            m.unit?.from ?? null,
            m.unit?.height ?? null,
            m.last ? JSON.stringify(m.last) : null,
            m.addedAt,
          ],
        },
      ]),
    remove: (id: string) => db.write([{ sql: "DELETE FROM member WHERE id = ?", params: [id] }]),
    /** A setting as JSON, checked by `schema`; undefined when it was never set or doesn't fit. */
    async setting<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
      const [row] = await db.read("SELECT value FROM setting WHERE key = ?", [key]);
      const parsed = row ? schema.safeParse(JSON.parse(String(row["value"]))) : undefined;
      return parsed?.success ? parsed.data : undefined;
    },
    saveSetting: (key: string, value: unknown) =>
      db.write([
        { sql: "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", params: [key, JSON.stringify(value)] },
      ]),
  };
}
export type Store = ReturnType<typeof createStore>;
