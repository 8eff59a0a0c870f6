import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "../../kernel/clock.ts";
import { errorOf, lineLimit, listLimit, NutError } from "./nut-protocol.ts";

/** An answer may take this long. */
const answerMs = 3000;

export interface NutConnection {
  /** One command, one line back. Commands wait their turn. Rejects with `NutError`; unless it `answered`, the connection is closed then. */
  ask(command: string): Promise<string>;
  /** A `LIST ...` command; resolves to the lines between BEGIN and END. */
  list(what: string): Promise<string[]>;
  /** Goes over to TLS on the same socket. With `ca` (PEM) the server must prove itself by it; without, nobody can listen but it could be anybody. */
  secure(options: { ca: string | undefined; host: string }): Promise<void>;
  close(): void;
}

interface Waiting {
  command: string;
  list: boolean;
  lines: string[];
  resolve: (lines: string[]) => void;
  reject: (error: NutError) => void;
}

/** Connects to a NUT server. Rejects with `NutError` (refused, timeout). */
export function connectNut({ clock, host, port }: { clock: Clock; host: string; port: number }): Promise<NutConnection> {
  const { promise, resolve, reject } = Promise.withResolvers<NutConnection>();
  const socket = connectTcp({ host, port });
  const refused = (error: NodeJS.ErrnoException) => reject(new NutError("refused", error.code ?? error.message));
  const cancel = clock.after(answerMs, () => {
    socket.destroy();
    reject(new NutError("timeout", "connect"));
  });
  socket.once("error", refused);
  socket.once("connect", () => {
    cancel();
    socket.off("error", refused);
    socket.setNoDelay(true);
    resolve(speak(socket, clock));
  });
  return promise.finally(cancel);
}

function speak(first: Socket, clock: Clock): NutConnection {
  let socket = first;
  let rest = "";
  let broken: NutError | null = null;
  let cancelTimer = () => {};
  const queue: Waiting[] = [];
  const onFailure: ((why: NutError) => void)[] = [];

  const fail = (error: NutError) => {
    if (broken !== null) return;
    broken = error;
    cancelTimer();
    socket.destroy();
    first.destroy();
    for (const waiting of queue.splice(0)) waiting.reject(error);
    for (const listener of onFailure) listener(error);
  };
  const send = () => {
    const [head] = queue;
    if (head === undefined) return;
    cancelTimer = clock.after(answerMs, () => fail(new NutError("timeout", head.command.split(" ")[0] ?? "")));
    socket.write(`${head.command}\n`);
  };
  const settle = (act: (waiting: Waiting) => void) => {
    cancelTimer();
    const head = queue.shift();
    if (head !== undefined) act(head);
    send();
  };
  const line = (text: string) => {
    const [head] = queue;
    if (head === undefined) return fail(new NutError("garbage", "nobody asked"));
    const refusal = errorOf(text);
    if (refusal !== null) return settle((waiting) => waiting.reject(refusal));
    if (!head.list) return settle((waiting) => waiting.resolve([text]));
    const what = head.command.slice("LIST ".length);
    if (head.lines.length === 0 && text !== `BEGIN LIST ${what}`) return fail(new NutError("garbage", "not a list"));
    if (text === `END LIST ${what}`) return settle((waiting) => waiting.resolve(waiting.lines.slice(1)));
    if (head.lines.push(text) > listLimit) fail(new NutError("garbage", "endless list"));
  };
  const decoder = new TextDecoder();
  const data = (chunk: Buffer) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) {
      if (broken !== null) return;
      if (text.length > lineLimit) fail(new NutError("garbage", "over-long line"));
      else line(text.replace(/\r$/, ""));
    }
    if (rest.length > lineLimit) fail(new NutError("garbage", "over-long line"));
  };
  const listen = (on: Socket) => {
    on.on("data", data);
    on.on("error", (error: NodeJS.ErrnoException) => fail(new NutError("refused", error.code ?? error.message)));
    on.on("close", () => fail(new NutError("refused", "closed")));
  };
  listen(first);

  const request = (command: string, list: boolean) => {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    if (broken !== null) reject(broken);
    else if (queue.push({ command, list, lines: [], resolve, reject }) === 1) send();
    return promise;
  };

  return {
    ask: async (command) => (await request(command, false))[0] ?? "",
    list: (what) => request(`LIST ${what}`, true),
    secure: async ({ ca, host }) => {
      const answer = await request("STARTTLS", false);
      if (!answer[0]?.startsWith("OK")) throw new NutError("garbage", "STARTTLS");
      // Bytes that came in the clear after the answer would be taken for the server's secured word.
      if (rest !== "") fail(new NutError("garbage", "talk before TLS"));
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      onFailure.push(reject);
      first.off("data", data);
      // An address is no server name (RFC 6066), but the certificate must be for it all the same.
      const proof = ca === undefined ? { rejectUnauthorized: false } : { ca, host, ...(isIP(host) === 0 ? { servername: host } : {}) };
      const secured = connectTls({ socket: first, ...proof });
      const bad = (code: string) => {
        const error = new NutError("tls-failed", code);
        reject(error);
        fail(error);
      };
      const cancel = clock.after(answerMs, () => bad("timeout"));
      secured.once("error", (error: NodeJS.ErrnoException) => bad(error.code ?? error.message));
      secured.once("secureConnect", () => {
        socket = secured;
        listen(secured);
        resolve();
      });
      await promise.finally(cancel);
    },
    close: () => fail(new NutError("refused", "closed by us")),
  };
}
