import type { Me } from "../../contract/access.ts";
import { dial, parseAddress, type Link, type Target } from "../access/dial.ts";
import type { Issued } from "../access/issued.ts";
import type { Trust } from "../access/trust.ts";
import { createBackoff } from "../kernel/backoff.ts";
import type { Clock } from "../kernel/clock.ts";
import { fault } from "../kernel/fault.ts";
import type { Log } from "../kernel/log.ts";
import type { Relay } from "../kernel/rpc.ts";

const RETRY_MAX_MS = 3000;
const PING_MS = 1000;
const SILENT_MS = 2500;
const RENEW_BEFORE_MS = 30 * 86_400_000;

type State = NonNullable<Me["link"]>["state"];

/** A console's one link to its rack: to the main node, over which every rack procedure is relayed. */
export function followMain({
  trust,
  issued,
  clock,
  log,
  random,
  targets,
}: {
  trust: Trust;
  issued: Issued;
  clock: Clock;
  log: Log;
  random: () => number;
  targets(mainId: string): readonly Target[];
}) {
  const stop = new AbortController();
  const backoff = createBackoff({ clock, random, maxMs: RETRY_MAX_MS });
  let link: Link | undefined;
  let state: State = "connecting";
  let lostAt: number | null = clock.mono();

  const name = () => {
    const membership = trust.membership();
    return membership.standing === "new" ? "" : membership.rackName;
  };
  const connect = async (): Promise<Link | undefined> => {
    const membership = trust.membership();
    if (membership.standing !== "console") return undefined;
    for (const target of [...targets(membership.mainId), parseAddress(membership.address)]) {
      try {
        return await dial(target, { kind: "node", id: membership.mainId, trust, issued }, stop.signal);
      } catch (error) {
        if ((error as { code?: string }).code === "access.peer-certificate") state = "refused";
        log.debug("link.dial-failed", { host: target.host, error: (error as Error).message });
      }
    }
    return undefined;
  };
  const renewIfDue = async (to: Link) => {
    const notAfter = trust.certNotAfter();
    if (notAfter === null || notAfter - clock.now() > RENEW_BEFORE_MS) return;
    const { cert } = await to.client.access.device.renew({ csr: await trust.request() });
    trust.renew(cert);
    log.info("link.certificate-renewed");
  };
  /** Asks main who we are, once a second: an answer is the link's sign of life. */
  const watch = async (to: Link) => {
    while (!stop.signal.aborted) {
      const silence = clock.after(SILENT_MS, to.close);
      try {
        const me = await to.client.access.me(undefined, { signal: stop.signal });
        state = me.role === "public" ? (me.device === null ? "waiting" : "refused") : "connected";
        lostAt = null;
        backoff.reset();
        if (state === "connected") await renewIfDue(to);
      } finally {
        silence();
      }
      await new Promise<void>((resolve) => clock.after(PING_MS, resolve));
    }
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      link = await connect();
      if (link) {
        try {
          await watch(link);
        } catch (error) {
          log.debug("link.ended", { error: (error as Error).message });
        }
        link.close();
        link = undefined;
      }
      if (state !== "refused") state = "lost";
      lostAt ??= clock.mono();
      await backoff.wait(stop.signal);
    }
  };
  queueMicrotask(() => void run());
  const relay: Relay = (path, input, options) => {
    if (state === "refused") throw fault("access.revoked");
    if (!link) throw fault("rack.main-unreachable", { name: name() });
    return link.call(path, input, options);
  };
  return {
    relay,
    view: () => ({ state, lostForMs: lostAt === null ? null : clock.mono() - lostAt }),
    wake: () => backoff.wake(),
    stop() {
      stop.abort();
      link?.close();
    },
  };
}
export type MainLink = ReturnType<typeof followMain>;
