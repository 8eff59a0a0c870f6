import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../../kernel/clock.ts";
import type { Fence } from "../domain/fence.ts";
import type { Admission } from "./admission.ts";
import type { HttpTarget } from "./domain/authority.ts";
import { endToEnd, isChunked } from "./domain/headers.ts";
import { createMeter, nothingSent, type Meter } from "./meter.ts";

/** A connection that was let out. */
export interface Passage {
  admission: Extract<Admission, { ok: true }>;
  epoch: number;
  port: number;
  /** What the connection counts for: whoever closes that, closes it. */
  owner: object;
}

/** One connection under way. */
interface Leg {
  owner: object;
  epoch: number;
  cut(): void;
}

export interface Carrier {
  /** Carries bytes both ways, unread. */
  tunnel(near: Duplex, head: Buffer, passage: Passage): Promise<void>;
  /** Carries one request and its answer on a connection of their own. */
  forward(req: IncomingMessage, res: ServerResponse, target: HttpTarget, passage: Passage): Promise<void>;
  /** Ends all connections, or those of one owner, at once. */
  cut(owner?: object): void;
  open(owner?: object): number;
}

const badGateway = "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
/** Methods whose requests have no body unless they say so; the others say "none" by a length of 0. */
const bodiless = new Set(["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"]);

/** While connections are open the fence is looked at this often: an end of the lease that nobody announces cuts them too. */
const watchMs = 50;

/** Moves bytes between a sender and a far server that was let through, counted, and none after the fence has closed. */
export function createCarrier({ fence, clock, connectMs, idleMs }: { fence: Fence; clock: Clock; connectMs: number; idleMs: number }): Carrier {
  const legs = new Set<Leg>();
  let watching: (() => void) | null = null;
  const watch = () => {
    watching ??= clock.every(watchMs, () => {
      for (const leg of legs) if (!fence.open(leg.epoch)) leg.cut();
      if (legs.size > 0) return;
      watching?.();
      watching = null;
    });
  };

  /** Dials the checked address; null when nobody answers, and then the row is closed as failed. */
  const dial = async ({ admission, epoch, port, owner }: Passage, near: Duplex): Promise<Meter | null> => {
    const socket = connect({ host: admission.address, port, allowHalfOpen: true, noDelay: true });
    const leg: Leg = {
      owner,
      epoch,
      cut() {
        socket.destroy();
        near.destroy();
      },
    };
    legs.add(leg);
    watch();
    socket.once("close", () => legs.delete(leg));
    const connected = await new Promise<boolean>((resolve) => {
      socket.setTimeout(connectMs, () => socket.destroy());
      socket.once("connect", () => resolve(true));
      socket.once("error", () => socket.destroy());
      socket.once("close", () => resolve(false));
    });
    if (!connected) {
      await admission.close({ ...nothingSent, outcome: fence.open(epoch) ? "failed" : "cut" });
      return null;
    }
    const meter = createMeter(socket, () => fence.open(epoch));
    socket.setTimeout(idleMs, () => meter.cut());
    leg.cut = () => {
      meter.cut();
      near.destroy();
    };
    if (!fence.open(epoch) || near.destroyed) leg.cut();
    return meter;
  };

  return {
    async tunnel(near, head, passage) {
      const meter = await dial(passage, near);
      if (meter === null) return void near.end(badGateway);
      near.once("close", () => meter.stream.destroy());
      if (near.destroyed) meter.stream.destroy();
      else {
        near.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        if (head.length > 0) meter.stream.write(head);
        near.pipe(meter.stream);
        meter.stream.pipe(near);
      }
      const totals = await meter.ended;
      near.end();
      await passage.admission.close(totals);
    },

    async forward(req, res, target, passage) {
      const meter = await dial(passage, req.socket);
      if (meter === null) {
        res.writeHead(502, { connection: "close", "content-length": 0 });
        res.end();
        req.resume();
        return;
      }
      const chunked = isChunked(req.rawHeaders);
      const empty = !chunked && req.headers["content-length"] === undefined && !bodiless.has(req.method ?? "");
      const out = httpRequest({
        createConnection: () => meter.stream,
        method: req.method,
        path: target.path,
        setHost: false,
        headers: [
          "Host",
          target.hostHeader,
          // 100-continue was answered here; asking for it again would only wait.
          ...endToEnd(req.rawHeaders, ["host", "expect"]),
          ...(chunked ? ["Transfer-Encoding", "chunked"] : []),
          ...(empty ? ["Content-Length", "0"] : []),
          "Connection",
          "close",
        ],
      });
      const broken = () => {
        meter.stream.destroy();
        if (res.headersSent) res.destroy();
        else {
          res.writeHead(502, { connection: "close", "content-length": 0 });
          res.end();
        }
      };
      out.on("error", broken);
      // The far server switched to another protocol unasked.
      out.on("upgrade", broken);
      out.on("response", (far) => {
        res.sendDate = false;
        res.writeHead(far.statusCode ?? 502, far.statusMessage ?? "", endToEnd(far.rawHeaders));
        far.on("error", () => res.destroy());
        far.on("aborted", () => res.destroy());
        far.once("end", () => {
          meter.complete();
          meter.stream.end();
        });
        far.pipe(res);
      });
      res.once("close", () => meter.stream.destroy());
      req.on("error", broken);
      req.pipe(out);
      await passage.admission.close(await meter.ended);
    },

    cut(owner) {
      for (const leg of legs) if (owner === undefined || leg.owner === owner) leg.cut();
    },
    open: (owner) => (owner === undefined ? legs.size : [...legs].filter((leg) => leg.owner === owner).length),
  };
}
