import { z } from "zod";
import type { BreakerView } from "../../contract/breaker.ts";
import type { Database } from "../kernel/sqlite/database.ts";

const saved = z.array(z.object({ name: z.string(), phone: z.string() }));
const key = "breaker.contacts";

/** Whom to call, as the button's screen shows it. */
export async function openContacts(db: Database) {
  const [row] = await db.read("SELECT value FROM setting WHERE key = ?", [key]);
  let contacts: BreakerView["contacts"] = row === undefined ? [] : (saved.safeParse(JSON.parse(String(row["value"]))).data ?? []);
  return {
    list: () => contacts,
    async save(next: BreakerView["contacts"]) {
      await db.write([
        { sql: "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", params: [key, JSON.stringify(next)] },
      ]);
      contacts = next;
    },
  };
}
