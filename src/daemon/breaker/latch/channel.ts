import { createSocket, type RemoteInfo } from "node:dgram";
import { isIP } from "node:net";
import type { Ids } from "../../kernel/ids.ts";
import type { Log } from "../../kernel/log.ts";
import { ackFrom, leaseFrom, seal, sessionBytes, sessionOf, unseal } from "./datagram.ts";
import type { Ack, Lease } from "./domain/messages.ts";

/** What a member hands to main over mutual TLS, new at each connection. `key` and `session` in hex. */
export interface LeaseSession {
  port: number;
  key: string;
  session: string;
}
export interface PeerAddress extends LeaseSession {
  /** An IP address: no name is ever looked up while a stop is on its way. */
  host: string;
}

interface Peer {
  host: string;
  port: number;
  key: Buffer;
  session: Buffer;
  sent: number;
  heard: number;
}
interface Session {
  id: Buffer;
  key: Buffer;
  sent: number;
  heard: number;
  from: RemoteInfo | undefined;
}

/** Datagrams that were not believed, by reason. */
export interface Refused {
  malformed: number;
  stranger: number;
  mac: number;
  replayed: number;
}

const errorOf = (error: Error | null, log: Log) => {
  // A cable that is out shows in the answers that don't come.
  if (error) log.debug("latch.send-failed", { code: (error as { code?: string }).code ?? error.message });
};

/** UDP between keepers. Main sends leases to its peers; a member listens to one session and answers where it came from. */
export async function openChannel({
  host,
  port,
  ids,
  log,
  onLease,
  onAck,
}: {
  host: string;
  port: number;
  ids: Ids;
  log: Log;
  onLease(lease: Lease): void;
  onAck(nodeId: string, ack: Ack): void;
}) {
  const socket = createSocket({ type: isIP(host) === 6 ? "udp6" : "udp4" });
  const refused: Refused = { malformed: 0, stranger: 0, mac: 0, replayed: 0 };
  const peers = new Map<string, Peer>();
  const sessions: Session[] = [];
  const random = () => Buffer.from(ids.token(), "base64url");

  const lease = (data: Buffer, session: Session, from: RemoteInfo) => {
    const opened = unseal(data, session.key);
    if (!opened) return void refused.mac++;
    if (opened.seq <= session.heard) return void refused.replayed++;
    const body = leaseFrom(opened.body);
    if (!body) return void refused.malformed++;
    session.heard = opened.seq;
    session.from = from;
    // The older key ends with the first use of the newer one.
    while (sessions[0] !== undefined && sessions[0] !== session) sessions.shift();
    onLease(body);
  };
  const ack = (data: Buffer, nodeId: string, peer: Peer) => {
    const opened = unseal(data, peer.key);
    if (!opened) return void refused.mac++;
    if (opened.seq <= peer.heard) return void refused.replayed++;
    const body = ackFrom(opened.body, nodeId);
    if (!body) return void refused.malformed++;
    peer.heard = opened.seq;
    onAck(nodeId, body);
  };
  socket.on("message", (data, from) => {
    const leased = sessionOf(data, "lease");
    const acked = leased === undefined ? sessionOf(data, "ack") : undefined;
    if (leased === undefined && acked === undefined) return void refused.malformed++;
    const session = leased === undefined ? undefined : sessions.find(({ id }) => id.toString("hex") === leased);
    if (session) return lease(data, session, from);
    const peer = acked === undefined ? undefined : [...peers].find(([, one]) => one.session.toString("hex") === acked);
    if (peer) return ack(data, peer[0], peer[1]);
    refused.stranger++;
  });
  socket.on("error", (error) => log.error("latch.socket", { error: error.message }));
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, host, () => {
      socket.off("error", reject);
      resolve();
    });
  });

  return {
    port: socket.address().port,
    refused: (): Readonly<Refused> => refused,
    /** A member's new session; the one before it lives until this one is used. */
    session(): LeaseSession {
      const made: Session = { id: random().subarray(0, sessionBytes), key: random(), sent: 0, heard: 0, from: undefined };
      // At most one in use and one to come: of those never used, the newest counts.
      const used = sessions.filter(({ heard }) => heard > 0).slice(-1);
      sessions.splice(0, sessions.length, ...used, made);
      return { port: socket.address().port, key: made.key.toString("hex"), session: made.id.toString("hex") };
    },
    /** Where main sends a node's leases from now on; sequences begin anew with the new key. */
    setPeer(nodeId: string, at: PeerAddress): void {
      if (isIP(at.host) === 0) throw new TypeError("a lease goes to an IP address");
      peers.set(nodeId, { host: at.host, port: at.port, key: Buffer.from(at.key, "hex"), session: Buffer.from(at.session, "hex"), sent: 0, heard: 0 });
    },
    dropPeer: (nodeId: string) => void peers.delete(nodeId),
    /** False when the node's address isn't known yet. */
    sendLease(nodeId: string, body: Lease): boolean {
      const peer = peers.get(nodeId);
      if (!peer) return false;
      peer.sent += 1;
      socket.send(seal("lease", { session: peer.session, key: peer.key, seq: peer.sent }, body), peer.port, peer.host, (error) => errorOf(error, log));
      return true;
    },
    /** Answers the main node whose session was used last; false before there is one. */
    sendAck(body: Ack): boolean {
      const session = sessions.find(({ from }) => from !== undefined);
      if (session?.from === undefined) return false;
      session.sent += 1;
      socket.send(seal("ack", { session: session.id, key: session.key, seq: session.sent }, body), session.from.port, session.from.address, (error) =>
        errorOf(error, log),
      );
      return true;
    },
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}
export type Channel = Awaited<ReturnType<typeof openChannel>>;
