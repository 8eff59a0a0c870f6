import { createPublicKey, createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { nodeRole, type NodeRole } from "../../contract/values.ts";
import type { Clock } from "../kernel/clock.ts";
import type { TlsIdentity } from "../kernel/http/server.ts";
import { writeWhole } from "../kernel/files.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { createCa, createRequest, dueForRenewal, expiryOf, selfSigned, sign, subjectOf, type Names, type Subject } from "./certificates.ts";
import { certFingerprint, fingerprintOf, loadOrCreateKey, nodeIdOf } from "./keys.ts";
import { seal, unseal } from "./recovery.ts";

const membershipSchema = z.discriminatedUnion("standing", [
  z.object({ standing: z.literal("new") }),
  z.object({ standing: z.literal("rack"), rackId: z.string(), rackName: z.string(), mainId: z.string(), roles: z.array(nodeRole).optional() }),
  z.object({ standing: z.literal("console"), rackId: z.string(), rackName: z.string(), mainId: z.string(), deviceId: z.string(), address: z.string() }),
]);
export type Membership = z.infer<typeof membershipSchema>;

export interface TrustDeps {
  stateDir: string;
  roles: readonly NodeRole[];
  rackName: string;
  clock: Clock;
  ids: Ids;
  log: Log;
}

/** Names and addresses under which browsers may reach this machine; not what peers verify. */
function browserNames(id: string): Names {
  const ips = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter((a) => !a.internal && !a.address.startsWith("fe80:")).map((a) => a.address),
  );
  return { dns: ["localhost", `aos-${id}.local`], ips: ["127.0.0.1", ...new Set(ips)] };
}

/**
 * What this aosd is and whom it trusts: its key, its certificate, the rack's CA, and on the main node the CA itself.
 * Files in `<stateDir>/trust`, 0600, each written whole or not at all. Throws when one is damaged: trust is never guessed.
 */
export async function openTrust({ stateDir, roles, rackName, clock, ids, log }: TrustDeps) {
  const dir = join(stateDir, "trust");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(dir, name);
  const text = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : undefined);

  const key = loadOrCreateKey(file("node.key"));
  const id = nodeIdOf(key);
  let membership: Membership = membershipSchema.parse(JSON.parse(text("membership.json") ?? '{"standing":"new"}'));
  let ca = text("rack-ca.crt");
  let cert = text("node.crt");
  const changed = new Set<() => void>();

  const saveMembership = (next: Membership) => {
    writeWhole(file("membership.json"), JSON.stringify(next));
    membership = next;
  };
  const isMain = () => membership.standing === "rack" && membership.mainId === id;
  const own: Subject = { kind: "node", id };
  const caKey = (): KeyObject => createPrivateKey(readFileSync(file("rack-ca.key")));
  const needCa = (): string => {
    if (ca === undefined) throw new Error("this aosd holds no rack CA");
    return ca;
  };
  const signWith = (csr: string, subject: Subject, names?: Names) =>
    sign({ caKey: caKey(), caCert: needCa(), csr, subject, ...(names ? { names } : {}), now: clock.now() });
  const setCert = (pem: string) => {
    checkOwn(pem);
    writeWhole(file("node.crt"), pem);
    cert = pem;
    for (const listener of changed) listener();
  };
  /** A certificate is ours when it holds our key and stems from our CA (or from nobody, before pairing). */
  const checkOwn = (pem: string) => {
    const parsed = new X509Certificate(pem);
    if (!parsed.checkPrivateKey(key)) throw new Error("the certificate is for another key");
    if (membership.standing !== "new" && !parsed.verify(createPublicKey(new X509Certificate(needCa()).publicKey.export({ type: "spki", format: "pem" }))))
      throw new Error("the certificate is not from this rack's CA");
  };
  const issueOwn = async () => setCert(await signWith(await createRequest(key, own), own, browserNames(id)));

  const foundRack = async () => {
    const rackId = ids.id();
    const rackKey = loadOrCreateKey(file("rack-ca.key"));
    ca = await createCa(rackKey, rackId, rackName, clock.now());
    writeWhole(file("rack-ca.crt"), ca);
    saveMembership({ standing: "rack", rackId, rackName, mainId: id });
    await issueOwn();
    log.info("trust.rack-founded", { rackId, id });
  };

  /** Read from the certificate once, not at each heartbeat. */
  let facts: { of: string | undefined; fp: string | null; notAfter: number | null } = { of: undefined, fp: null, notAfter: null };
  const ownFacts = () => {
    if (facts.of !== cert && cert !== undefined) facts = { of: cert, fp: certFingerprint(new X509Certificate(cert).raw), notAfter: expiryOf(cert) };
    return facts;
  };

  if (membership.standing === "new" && roles.includes("main")) await foundRack();
  else if (cert === undefined) setCert(await selfSigned(key, own, clock.now()));
  else checkOwn(cert);

  return {
    id,
    fingerprint: fingerprintOf(key),
    /** Serial of the appliance as its label shows it; derived from the key, so that it can't be another's. */
    serial: `AOS-${id.slice(0, 4)}-${id.slice(4, 8)}`.toUpperCase(),
    membership: () => membership,
    isMain,
    caPem: () => ca,
    /** What a person compares before trusting the rack on another device. */
    caFp: () => (ca === undefined ? null : certFingerprint(new X509Certificate(ca).raw)),
    certPem: () => cert,
    certFp: () => (membership.standing === "new" ? null : ownFacts().fp),
    certNotAfter: () => (membership.standing === "new" ? null : ownFacts().notAfter),
    /** For the LAN listener and for dialling; always the present certificate. */
    tls: (): TlsIdentity => ({ key: key.export({ type: "pkcs8", format: "pem" }).toString(), cert: cert ?? "", ca }),
    onChange(listener: () => void) {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    request: () => createRequest(key, own),
    /** Takes a renewed certificate. Throws unless it is for our key and from our CA. */
    renew: (pem: string) => setCert(pem),
    dueForRenewal: () => cert !== undefined && membership.standing !== "new" && dueForRenewal(cert, clock.now()),
    /** On main: a new certificate for itself, also when its addresses changed. */
    reissueOwn: issueOwn,
    addressesChanged: () => isMain() && cert !== undefined && browserNames(id).ips.some((ip) => !new X509Certificate(cert ?? "").checkIP(ip)),
    signNode: (csr: string, nodeId: string) => signWith(csr, { kind: "node", id: nodeId }),
    signDevice: (csr: string, deviceId: string) => signWith(csr, { kind: "device", id: deviceId }),
    renameRack: (name: string) => {
      if (membership.standing !== "new") saveMembership({ ...membership, rackName: name });
    },
    /** Becomes a member or a console of a rack: CA and certificate first, standing last. */
    join(next: Exclude<Membership, { standing: "new" }>, caCert: string, pem: string) {
      const parsed = new X509Certificate(pem);
      if (!parsed.checkPrivateKey(key) || !parsed.verify(new X509Certificate(caCert).publicKey)) throw new Error("the certificate doesn't fit");
      if (subjectOf(parsed) === undefined) throw new Error("the certificate names nobody");
      writeWhole(file("rack-ca.crt"), caCert);
      ca = caCert;
      saveMembership(next);
      // The CA of a rack that this machine founded for itself at its first start: nobody else is in it.
      rmSync(file("rack-ca.key"), { force: true });
      rmSync(file("rack-ca.sealed.json"), { force: true });
      setCert(pem);
    },
    /** Forgets the rack; the node's key and id stay. */
    async leave() {
      saveMembership({ standing: "new" });
      rmSync(file("rack-ca.crt"), { force: true });
      rmSync(file("rack-ca.key"), { force: true });
      ca = undefined;
      if (roles.includes("main")) await foundRack();
      else setCert(await selfSigned(key, own, clock.now()));
    },
    /** Seals the CA's key under a recovery key, for restore and for `aos recover`. */
    sealCa: (recoveryKey: string) => writeWhole(file("rack-ca.sealed.json"), seal(recoveryKey, caKey())),
    /** True when the recovery key opens the sealed CA key and it is this rack's. */
    opensCa(recoveryKey: string): boolean {
      const sealed = text("rack-ca.sealed.json");
      const opened = sealed === undefined ? undefined : unseal(recoveryKey, sealed);
      return opened !== undefined && ca !== undefined && new X509Certificate(ca).checkPrivateKey(opened);
    },
  };
}
export type Trust = Awaited<ReturnType<typeof openTrust>>;
