import type { X509CertificateGenerator } from "@peculiar/x509";
import { createPublicKey, randomBytes, webcrypto, X509Certificate, type KeyObject } from "node:crypto";

/** What a certificate of ours stands for. In it as the URI `urn:aos:<kind>:<id>`; names and addresses are there for browsers only. */
export interface Subject {
  kind: "node" | "device" | "rack";
  id: string;
}

export const DAY = 86_400_000;
/** Lifetime of a leaf: 90 days, renewed at two thirds. */
export const LEAF_DAYS = 90;
const CA_DAYS = 3650;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Loaded at the first use: it costs 140 ms and 7 MB that an idle daemon need not spend. */
async function x509() {
  await import("reflect-metadata");
  const lib = await import("@peculiar/x509");
  lib.cryptoProvider.set(webcrypto as never);
  return lib;
}

/** The library's key pair; its types name the DOM's, which a daemon doesn't load. */
type KeyPair = Parameters<typeof X509CertificateGenerator.createSelfSigned>[0]["keys"];

async function pair(key: KeyObject): Promise<KeyPair> {
  const privateKey = await webcrypto.subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), algorithm, true, ["sign"]);
  const publicKey = await webcrypto.subtle.importKey("spki", createPublicKey(key).export({ type: "spki", format: "der" }), algorithm, true, ["verify"]);
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- where the DOM's types are loaded, the two CryptoKey differ
  return { privateKey, publicKey } as unknown as KeyPair;
}

const uri = (subject: Subject) => `urn:aos:${subject.kind}:${subject.id}`;
const serialNumber = () => {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("hex");
};

/** The rack's certificate authority: a self-signed certificate (PEM) for `key`, ten years. */
export async function createCa(key: KeyObject, rackId: string, rackName: string, now: number): Promise<string> {
  const lib = await x509();
  const keys = await pair(key);
  const cert = await lib.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [`${rackName} AOS`] }, { OU: [rackId] }],
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + CA_DAYS * DAY),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new lib.BasicConstraintsExtension(true, 0, true),
      new lib.KeyUsagesExtension(lib.KeyUsageFlags.keyCertSign | lib.KeyUsageFlags.cRLSign, true),
      new lib.SubjectAlternativeNameExtension([{ type: "url", value: uri({ kind: "rack", id: rackId }) }]),
      await lib.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return cert.toString("pem");
}

/** A certificate signing request (PEM) that proves possession of `key`. */
export async function createRequest(key: KeyObject, subject: Subject): Promise<string> {
  const lib = await x509();
  const csr = await lib.Pkcs10CertificateRequestGenerator.create({ name: [{ CN: [subject.id] }], keys: await pair(key), signingAlgorithm: algorithm });
  return csr.toString("pem");
}

export interface Names {
  dns: readonly string[];
  ips: readonly string[];
}

export interface SignOptions {
  caKey: KeyObject;
  caCert: string;
  csr: string;
  subject: Subject;
  names?: Names;
  now: number;
  days?: number;
}

/** Signs a request as `subject` (what the request says of its names is ignored). Throws when its signature doesn't prove the key. */
export async function sign({ caKey, caCert, csr, subject, names, now, days = LEAF_DAYS }: SignOptions): Promise<string> {
  const lib = await x509();
  const request = new lib.Pkcs10CertificateRequest(csr);
  if (!(await request.verify())) throw new Error("the request's signature doesn't match its key");
  const issuer = new lib.X509Certificate(caCert);
  const cert = await lib.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [subject.id] }],
    issuer: issuer.subjectName,
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + days * DAY),
    publicKey: await request.publicKey.export(),
    signingKey: (await pair(caKey)).privateKey,
    signingAlgorithm: algorithm,
    extensions: await leafExtensions(subject, names),
  });
  return cert.toString("pem");
}

/** Certificate for the time before pairing: signed by nobody but its own key, good for the channel of the pairing only. */
export async function selfSigned(key: KeyObject, subject: Subject, now: number): Promise<string> {
  const lib = await x509();
  const cert = await lib.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [subject.id] }],
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + CA_DAYS * DAY),
    keys: await pair(key),
    signingAlgorithm: algorithm,
    extensions: await leafExtensions(subject),
  });
  return cert.toString("pem");
}

async function leafExtensions(subject: Subject, names?: Names) {
  const lib = await x509();
  return [
    new lib.BasicConstraintsExtension(false, undefined, true),
    new lib.KeyUsagesExtension(lib.KeyUsageFlags.digitalSignature, true),
    new lib.ExtendedKeyUsageExtension([lib.ExtendedKeyUsage.serverAuth, lib.ExtendedKeyUsage.clientAuth]),
    new lib.SubjectAlternativeNameExtension([
      { type: "url", value: uri(subject) },
      ...(names?.dns ?? []).map((value) => ({ type: "dns" as const, value })),
      ...(names?.ips ?? []).map((value) => ({ type: "ip" as const, value })),
    ]),
  ];
}

/** Whom a certificate of ours names, read from its URI; undefined for any other certificate. */
export function subjectOf(cert: X509Certificate): Subject | undefined {
  const match = /URI:urn:aos:(node|device|rack):([a-z0-9-]{1,64})(?:,|$)/.exec(cert.subjectAltName ?? "");
  return match ? { kind: match[1] as Subject["kind"], id: match[2] ?? "" } : undefined;
}

export const expiryOf = (pem: string): number => Date.parse(new X509Certificate(pem).validTo);

/** True from two thirds of a certificate's life on. */
export function dueForRenewal(pem: string, now: number): boolean {
  const cert = new X509Certificate(pem);
  const from = Date.parse(cert.validFrom);
  const to = Date.parse(cert.validTo);
  return now >= from + ((to - from) * 2) / 3;
}
