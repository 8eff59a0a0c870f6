import type { Clock } from "../../kernel/clock.ts";
import { enrolLine, hostLine, parseReply, type Reply } from "./domain/frame.ts";
import type { ButtonLink } from "./link.ts";
import { fingerprintOf } from "./mac.ts";
import { openSerial } from "./serial.ts";

export { listPorts } from "./serial.ts";

/** A person needs a moment to press; the key is offered again so often meanwhile. */
const offerEveryMs = 250;
const patienceMs = 8000;

export interface EnrolDeps {
  path: string;
  /** 32 bytes, new for each enrolment. */
  key: Uint8Array;
  clock: Clock;
  /** A button for the network is told here where its datagrams go: an IPv4 address of this machine and the reader's port. */
  host?: { address: string; port: number };
  /** How long it may take until the button is held pressed, ms. */
  withinMs?: number;
}

const why = {
  "not-found": "the port can't be opened, or went away",
  "not-held": "a button is there, and nobody held it pressed",
  "no-answer": "what is there doesn't answer as an AOS button",
  refused: "the button couldn't keep the key, or reach its network",
  "wrong-answer": "the button confirmed something else than it was told",
} as const;
export type EnrolCode = keyof typeof why;
const refused = (code: EnrolCode) => Object.assign(new Error(why[code]), { code });

/**
 * Gives a button its key over the cable, while a person holds it pressed. A reader on this port has to be stopped before. On the main
 * thread only. Rejects with an error that has an `EnrolCode` as its `code`; the button then has its old key, or none.
 */
export async function enrol({ path, key, clock, host, withinMs = patienceMs }: EnrolDeps): Promise<void> {
  if (key.length !== 32) throw new Error(`a button's key has 32 bytes, not ${key.length}`);
  const answered = Promise.withResolvers<EnrolCode | "done">();
  let asks: "key" | "host" = "key";
  let saidNotHeld = false;
  const opened: { link?: ButtonLink } = {};
  const offer = () =>
    opened.link?.send(asks === "host" && host !== undefined ? hostLine(host.address, host.port) : enrolLine(Buffer.from(key).toString("hex")));

  const judge = (reply: Reply) => {
    switch (reply.kind) {
      case "enrolled":
        if (reply.fingerprint !== fingerprintOf(key)) return answered.resolve("wrong-answer");
        if (host === undefined) return answered.resolve("done");
        asks = "host";
        return offer();
      case "hosted":
        if (asks === "host") answered.resolve(reply.host === host?.address && reply.port === host.port ? "done" : "wrong-answer");
        return undefined;
      case "refused":
        if (reply.why !== "not-held") return answered.resolve("refused");
        saidNotHeld = true;
        return undefined;
    }
  };
  let link: ButtonLink;
  try {
    link = await openSerial(path, {
      onLine(line) {
        const reply = parseReply(line);
        if (reply !== null) judge(reply);
        return false;
      },
      onClosed: () => answered.resolve("not-found"),
    });
  } catch (error) {
    throw Object.assign(refused("not-found"), { cause: error });
  }
  opened.link = link;
  const stopOffers = clock.every(offerEveryMs, offer);
  const cancel = clock.after(withinMs, () => answered.resolve(saidNotHeld ? "not-held" : "no-answer"));
  offer();
  try {
    const code = await answered.promise;
    if (code !== "done") throw refused(code);
  } finally {
    stopOffers();
    cancel();
    await link.close();
  }
}
