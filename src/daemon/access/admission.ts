import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { TLSSocket } from "node:tls";
import type { Role } from "../../contract/roles.ts";
import type { Caller, Connection, Context, Credential, Listener } from "../kernel/caller.ts";
import type { Admission } from "../kernel/http/server.ts";
import { subjectOf } from "./certificates.ts";
import { bindingOf } from "./dial.ts";
import type { Issued } from "./issued.ts";
import { certFingerprint } from "./keys.ts";
import type { People } from "./people.ts";
import type { Trust } from "./trust.ts";

export interface AdmissionDeps {
  trust: Pick<Trust, "id" | "membership" | "isMain">;
  people: People;
  issued: Pick<Issued, "isRevoked">;
  /** True where the machine's own account is the owner (a desktop), false on an appliance. */
  desktop: boolean;
}

/** Cookies know no port: several aosd on 127.0.0.1 would overwrite each other's under one name. */
export const cookieName = (nodeId: string): string => `aos_${nodeId.slice(0, 8)}`;

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const match = new RegExp(`(?:^|;\\s*)${name}=([A-Za-z0-9_-]{20,100})(?:;|$)`).exec(request.headers.cookie ?? "");
  return match?.[1];
}

/** Hosts that a browser may name: addresses, localhost, our own .local name. Anything else is a rebound DNS name. */
function ownHost(host: string | undefined, nodeId: string): boolean {
  if (host === undefined) return false;
  const name = host
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
  return isIP(name) !== 0 || name === "localhost" || name === `aos-${nodeId}.local`;
}

/** Decides who a connection comes from, and at each call what that is worth. Unknown is nobody. */
export function createAdmission({ trust, people, issued, desktop }: AdmissionDeps) {
  const refuse = (code: "access.wrong-origin" | "access.peer-certificate", data: unknown = {}): Admission => ({ ok: false, code, data });

  const certificate = (socket: TLSSocket): { ok: true; credential: Credential } | { ok: false; reason: "foreign" | "expired" | "revoked" } => {
    const raw = socket.getPeerCertificate().raw as Buffer | undefined;
    if (!raw) return { ok: true, credential: { kind: "none" } };
    if (!socket.authorized) return { ok: false, reason: String(socket.authorizationError) === "CERT_HAS_EXPIRED" ? "expired" : "foreign" };
    if (issued.isRevoked(certFingerprint(raw))) return { ok: false, reason: "revoked" };
    const subject = subjectOf(new X509Certificate(raw));
    if (subject?.kind === "node") return { ok: true, credential: { kind: "node", nodeId: subject.id } };
    if (subject?.kind === "device") return { ok: true, credential: { kind: "device", deviceId: subject.id } };
    return { ok: false, reason: "foreign" };
  };

  const session = (token: string | undefined): Credential => {
    const deviceId = token === undefined ? undefined : people.deviceOfSession(token);
    return deviceId === undefined || token === undefined ? { kind: "none" } : { kind: "device", deviceId, sessionToken: token };
  };

  const nobody = { person: null, device: null, waiting: null };
  const caller = (connection: Connection): Caller => {
    const { credential, via } = connection;
    const membership = trust.membership();
    switch (credential.kind) {
      case "none":
        return { ...nobody, role: "public", via };
      case "local": {
        const role: Role = desktop || (trust.isMain() && !people.claimed()) ? "owner" : "operator";
        return { ...nobody, role, via };
      }
      case "node":
        return {
          ...nobody,
          role: membership.standing === "rack" && membership.mainId === credential.nodeId && credential.nodeId !== trust.id ? "node" : "public",
          via,
        };
      case "device": {
        if (credential.sessionToken !== undefined && people.deviceOfSession(credential.sessionToken) !== credential.deviceId)
          return { ...nobody, role: "public", via };
        const standing = people.standing(credential.deviceId);
        if (standing.state === "waiting") return { ...nobody, role: "public", via, waiting: standing.deviceName };
        if (standing.state === "gone") return { ...nobody, role: "public", via };
        people.touch(credential.deviceId);
        return {
          role: standing.role,
          via,
          person: { id: standing.personId, name: standing.personName },
          device: { id: standing.deviceId, name: standing.deviceName },
          waiting: null,
        };
      }
    }
  };

  return {
    admit(request: IncomingMessage, listener: Listener, kind: "request" | "upgrade"): Admission {
      const scratch = new Map<string, unknown>();
      const http = kind === "request";
      const bearer = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(request.headers.authorization ?? "")?.[1];
      if (listener === "socket") {
        const via = http ? "http" : request.headers["x-aos-via"] === "ipc" ? "ipc" : "cli";
        const credential = bearer === undefined ? ({ kind: "local" } as const) : session(bearer);
        return { ok: true, connection: { listener, via, credential, scratch } };
      }
      const { host, origin } = request.headers;
      const secure = listener === "lan";
      const ownOrigin = `${secure ? "https" : "http"}://${host ?? ""}`;
      if (!ownHost(host, trust.id) || (origin !== undefined && origin !== ownOrigin)) return refuse("access.wrong-origin");
      const cookie = cookieOf(request, cookieName(trust.id));
      const changes = request.method !== "GET" && request.method !== "HEAD";
      if (cookie !== undefined && origin === undefined && (changes || !http) && request.headers["sec-fetch-site"] !== "same-origin")
        return refuse("access.wrong-origin");
      if (request.socket instanceof TLSSocket) {
        const judged = certificate(request.socket);
        if (!judged.ok) return refuse("access.peer-certificate", { address: request.socket.remoteAddress ?? "", reason: judged.reason });
        const credential = judged.credential.kind === "none" ? session(cookie ?? bearer) : judged.credential;
        const via = judged.credential.kind === "none" ? (http ? "http" : "ws") : "peer";
        return { ok: true, connection: { listener, via, credential, binding: bindingOf(request.socket), origin: ownOrigin, scratch } };
      }
      return { ok: true, connection: { listener, via: http ? "http" : "ws", credential: session(cookie ?? bearer), origin: ownOrigin, scratch } };
    },
    context: (connection: Connection): Context => ({ connection, caller: caller(connection) }),
  };
}
