import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { EgressOutcome, Totals } from "./domain/row.ts";

/** Totals of a connection that never came to be: the hash of no bytes. */
export const nothingSent: Totals = {
  bytesOut: 0,
  bytesIn: 0,
  bytesUnsure: 0,
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  outcome: "failed",
};

/** The far server's side of one connection, counted and hashed, through which nothing passes once `live` is false. */
export interface Meter {
  stream: Duplex;
  /** Ends both directions at once. */
  cut(): void;
  /** Said by whoever reads messages: the last one has come whole, whatever the connection does now. */
  complete(): void;
  /** Resolves when the connection is closed for good. */
  ended: Promise<Totals>;
}

/** Wraps a connected socket. The hash covers the bytes that the system took for the far server, in their order. */
export function createMeter(socket: Socket, live: () => boolean): Meter {
  const hash = createHash("sha256");
  let bytesOut = 0;
  let bytesIn = 0;
  let unsure = 0;
  let wasCut = false;
  let failed = false;
  let farEnded = false;
  let whole = false;

  const cut = () => {
    wasCut = true;
    socket.destroy();
    stream.destroy();
  };
  const stream = new Duplex({
    allowHalfOpen: true,
    write(chunk: Buffer, _encoding, done) {
      if (!live()) {
        cut();
        done(new Error("latched"));
        return;
      }
      unsure = chunk.length;
      socket.write(chunk, (error) => {
        if (!error) {
          hash.update(chunk);
          bytesOut += chunk.length;
          unsure = 0;
        }
        done(error);
      });
    },
    final(done) {
      socket.end(() => done());
    },
    read() {
      socket.resume();
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk: Buffer) => {
    if (!live()) return cut();
    bytesIn += chunk.length;
    if (!stream.push(chunk)) socket.pause();
  });
  socket.on("end", () => {
    farEnded = true;
    stream.push(null);
  });
  socket.on("error", () => {
    failed = true;
    stream.destroy();
  });
  // Whoever uses the stream hears of its end by `close`; an error has nothing to add to it.
  stream.on("error", () => socket.destroy());

  const outcome = (): EgressOutcome => {
    if (whole) return "done";
    if (wasCut || !live()) return "cut";
    if (failed) return "failed";
    return farEnded || stream.writableFinished ? "done" : "cut";
  };
  const ended = new Promise<Totals>((resolve) => {
    socket.once("close", () => {
      stream.destroy();
      resolve({ bytesOut, bytesIn, bytesUnsure: unsure, sha256: hash.digest("hex"), outcome: outcome() });
    });
  });
  return {
    stream,
    cut,
    complete() {
      whole = true;
    },
    ended,
  };
}
