import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";

export interface OutputLine {
  stream: "stdout" | "stderr";
  text: string;
}

/** A line longer than this is handed on in pieces. */
const longestLine = 64 * 1024;

/** What a tool writes: kept up to `bytes` for each stream, read on and counted beyond that, so that a flood neither fills memory nor blocks the tool. */
export function createOutput({ bytes, live }: { bytes: number; live(): boolean }) {
  const listeners = new Set<(line: OutputLine) => void>();
  const streams = { stdout: kept(), stderr: kept() };

  function kept() {
    return { chunks: [] as Buffer[], length: 0, dropped: 0, decoder: new StringDecoder("utf8"), tail: "" };
  }
  const emit = (stream: OutputLine["stream"], text: string) => {
    for (const listener of listeners) listener({ stream, text });
  };
  const read = (stream: OutputLine["stream"], source: Readable) => {
    const state = streams[stream];
    source.on("data", (chunk: Buffer) => {
      // What comes after the latch fell belongs to an epoch that is over.
      if (!live()) {
        state.dropped += chunk.length;
        return;
      }
      const taken = chunk.subarray(0, Math.max(0, bytes - state.length));
      state.dropped += chunk.length - taken.length;
      if (taken.length === 0) return;
      state.chunks.push(taken);
      state.length += taken.length;
      const lines = (state.tail + state.decoder.write(taken)).split("\n");
      state.tail = lines.pop() ?? "";
      for (const line of lines) emit(stream, line);
      while (state.tail.length > longestLine) {
        emit(stream, state.tail.slice(0, longestLine));
        state.tail = state.tail.slice(longestLine);
      }
    });
    source.on("end", () => {
      if (live() && state.tail !== "") emit(stream, state.tail);
      state.tail = "";
    });
    source.on("error", () => source.destroy());
  };
  return {
    read,
    /** Lines as they come; the returned function ends it. */
    onLine(listener: (line: OutputLine) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    result: () => ({
      stdout: Buffer.concat(streams.stdout.chunks).toString("utf8"),
      stderr: Buffer.concat(streams.stderr.chunks).toString("utf8"),
      droppedBytes: streams.stdout.dropped + streams.stderr.dropped,
    }),
  };
}
