import { X509Certificate } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import type { Database } from "../kernel/sqlite/database.ts";
import { certFingerprint } from "./keys.ts";
import { subjectOf, type Subject } from "./certificates.ts";

/** Certificates that this rack's CA gave out, and those it took back. On a member: only the list of the latter, as main sent it. */
export async function createIssued({ db, clock }: { db: Database; clock: Clock }) {
  const revoked = new Set<string>();
  let seq = 0;
  for (const row of await db.read("SELECT cert_fp FROM issued WHERE revoked_at IS NOT NULL AND not_after > ?", [clock.now()]))
    revoked.add(String(row["cert_fp"]));
  const [stored] = await db.read("SELECT value FROM setting WHERE key = 'revocations.seq'");
  if (stored) seq = Number(stored["value"]);
  const saveSeq = (value: number) => ({
    sql: "INSERT INTO setting (key, value) VALUES ('revocations.seq', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    params: [String(value)],
  });

  return {
    isRevoked: (certFp: string) => revoked.has(certFp),
    list: () => ({ seq, revoked: [...revoked] }),
    /** Notes a certificate (PEM) that was signed. */
    async note(pem: string) {
      const cert = new X509Certificate(pem);
      const subject = subjectOf(cert);
      await db.write([
        {
          sql: "INSERT INTO issued (cert_fp, subject, not_after) VALUES (?, ?, ?)",
          params: [certFingerprint(cert.raw), subject ? key(subject) : "", Date.parse(cert.validTo)],
        },
      ]);
    },
    /** Takes back every certificate of the subject that has not run out. */
    async revoke(subject: Subject) {
      const rows = await db.read("SELECT cert_fp FROM issued WHERE subject = ? AND not_after > ?", [key(subject), clock.now()]);
      await db.write([{ sql: "UPDATE issued SET revoked_at = ? WHERE subject = ?", params: [clock.now(), key(subject)] }, saveSeq(seq + 1)]);
      seq += 1;
      for (const row of rows) revoked.add(String(row["cert_fp"]));
    },
    /** On a node that joins a rack: that rack's list in place of any earlier rack's. */
    async begin(list: readonly string[]) {
      await db.write([{ sql: "DELETE FROM issued" }, saveSeq(0)]);
      revoked.clear();
      seq = 0;
      await this.accept({ seq: 0, revoked: list });
    },
    /** On a member: the list that main sent, unless it is older than the one held. */
    async accept(list: { seq: number; revoked: readonly string[] }) {
      if (list.seq < seq) return seq;
      const far = clock.now() + 365 * 86_400_000;
      await db.write([
        ...list.revoked.map((fp) => ({
          sql: "INSERT INTO issued (cert_fp, subject, not_after, revoked_at) VALUES (?, 'told', ?, ?) ON CONFLICT (cert_fp) DO UPDATE SET revoked_at = excluded.revoked_at",
          params: [fp, far, clock.now()],
        })),
        saveSeq(list.seq),
      ]);
      seq = list.seq;
      for (const fp of list.revoked) revoked.add(fp);
      return seq;
    },
  };
}
export type Issued = Awaited<ReturnType<typeof createIssued>>;

const key = (subject: Subject) => `${subject.kind}:${subject.id}`;
