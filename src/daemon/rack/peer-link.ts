import type { Pulse } from "../../contract/rack.ts";
import { dial, type Link, type Target } from "../access/dial.ts";
import type { Issued } from "../access/issued.ts";
import { certFingerprint } from "../access/keys.ts";
import type { Trust } from "../access/trust.ts";
import { createBackoff } from "../kernel/backoff.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";

const RETRY_MAX_MS = 3000;
/** An open connection without a beat for this long is dead, whatever TCP says. */
const SILENT_MS = 4000;

export interface PeerLinkDeps {
  id: string;
  trust: Trust;
  issued: Issued;
  clock: Clock;
  log: Log;
  random: () => number;
  /** Where to try, best first; asked before each round. */
  targets(): readonly Target[];
  /** Instant of the last sample that main holds of this node. */
  after(): number;
  onPulse(pulse: Pulse, from: { target: Target; certFp: string }): void;
  /** A connection came up; `signal` aborts when it ends. Rooms above send what they have for this member. */
  onLink(link: Link, host: string, signal: AbortSignal): void;
  onLost(): void;
}

/** Main's link to one member: dials by mutual TLS, reads its heartbeat, sends the revocations, renews its certificate when due; dials again whenever it ends. */
export function followPeer(deps: PeerLinkDeps) {
  const { id, trust, issued, clock, log } = deps;
  const stop = new AbortController();
  const backoff = createBackoff({ clock, random: deps.random, maxMs: RETRY_MAX_MS });
  let current: Link | undefined;
  let renewed = -Infinity;

  const reach = async (): Promise<{ link: Link; target: Target } | undefined> => {
    for (const target of deps.targets()) {
      try {
        return { link: await dial(target, { kind: "node", id, trust, issued }, stop.signal), target };
      } catch (error) {
        log.debug("peer.dial-failed", { node: id, host: target.host, port: target.port, error: (error as Error).message });
      }
    }
    return undefined;
  };
  const sendRevocations = () => {
    current?.client.access.peer.revocations(issued.list()).catch((error: unknown) => log.warn("peer.revocations-failed", { node: id, error }));
  };
  const renewIfDue = async (link: Link, notAfter: number | null) => {
    if (notAfter === null || notAfter - clock.now() > 30 * 86_400_000 || clock.mono() - renewed < 60_000) return;
    renewed = clock.mono();
    const { csr } = await link.client.access.peer.request();
    const cert = await trust.signNode(csr, id);
    await issued.note(cert);
    await link.client.access.peer.install({ cert });
    log.info("peer.certificate-renewed", { node: id });
    // The next connection shows the new certificate.
    link.close();
  };
  const read = async (link: Link, target: Target) => {
    const certFp = certFingerprint(link.socket.getPeerCertificate().raw);
    let silence = clock.after(SILENT_MS, link.close);
    try {
      for await (const pulse of await link.client.rack.peer.pulse({ after: deps.after() }, { signal: stop.signal })) {
        if (pulse.nodeId !== id) throw new Error("a heartbeat with another node's id");
        silence();
        silence = clock.after(SILENT_MS, link.close);
        backoff.reset();
        deps.onPulse(pulse, { target, certFp });
        renewIfDue(link, pulse.certNotAfter).catch((error: unknown) => log.warn("peer.renewal-failed", { node: id, error }));
      }
    } finally {
      silence();
    }
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      const reached = await reach();
      if (reached) {
        current = reached.link;
        sendRevocations();
        const up = new AbortController();
        deps.onLink(reached.link, reached.target.host, up.signal);
        try {
          await read(reached.link, reached.target);
        } catch (error) {
          log.debug("peer.link-ended", { node: id, error: (error as Error).message });
        }
        up.abort();
        current = undefined;
        reached.link.close();
      }
      deps.onLost();
      await backoff.wait(stop.signal);
    }
  };
  queueMicrotask(() => void run());
  return {
    /** Tries at once, for instance because it was just seen. */
    wake: () => backoff.wake(),
    connected: () => current !== undefined,
    sendRevocations,
    /** Tells the node that it was taken out; one that can't be reached has to be told at its own machine. */
    async release() {
      const telling = current?.client.access.peer.release();
      await telling?.catch((error: unknown) => log.warn("peer.release-failed", { node: id, error }));
    },
    stop() {
      stop.abort();
      current?.close();
    },
  };
}
export type PeerLink = ReturnType<typeof followPeer>;
