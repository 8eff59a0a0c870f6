import { openSerial } from "./serial.ts";

// A process of its own, because serialport's binding polls on the main thread's loop alone: opened in a worker thread it aborts the whole
// process (serialport/node-serialport#2748). The lease keeper is such a thread, and what aborts here leaves it alive, and stopped.
// argv: the device. stdin: lines for the port. stdout: first `open`, then the port's lines. Ends when stdin does.

/** More than this waits only where the reader stands still; what it doesn't get, it takes for silence. */
const waitingBytes = 65_536;
const [, , path = ""] = process.argv;
const say = (line: string) => process.stdout.write(`${line}\n`, "latin1");
const fail = (why: string) => {
  process.stderr.write(why, () => process.exit(1));
};

try {
  const link = await openSerial(path, {
    onLine(line) {
      if (process.stdout.writableLength < waitingBytes) say(line);
      return false;
    },
    onClosed: fail,
  });
  const end = () => void link.close().then(() => process.exit(0));
  let rest = "";
  process.stdin.setEncoding("latin1");
  process.stdin.on("data", (chunk: string) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) link.send(line);
  });
  process.stdin.on("end", end);
  process.stdin.on("error", end);
  process.stdout.on("error", end);
  say("open");
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
