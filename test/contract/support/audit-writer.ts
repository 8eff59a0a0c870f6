import { writeSync } from "node:fs";
import { createAudit } from "../../../src/daemon/breaker/audit/audit.ts";
import { createClock } from "../../../src/daemon/kernel/clock.ts";
import { createIds } from "../../../src/daemon/kernel/ids.ts";
import { silentLog } from "../../../src/daemon/kernel/log.ts";

/**
 * Appends intents and their outcomes to the log in a folder until it is killed (or `count` acts are done) and tells each step on stdout, unbuffered:
 * `try <act>` before an intent is asked for, `ack <seq> <hash> <act>` once the log said that it is on disk, `end <act>` once its outcome is.
 */
const [dir = "", name = "", lanes = "4", count = "Infinity"] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);
const audit = createAudit({ dir, clock: createClock(), ids: createIds(), log: silentLog, redact: (text) => text });
const stop = await audit.start();
say(`open ${audit.state().state} ${(await audit.openIntents()).length}`);

let acts = 0;
const work = async (lane: number) => {
  while (acts < Number(count)) {
    const act = `${name}-${lane}-${acts++}`;
    const entry = { actor: "agent:main", via: "self", class: "5a", act, title: { code: "message.send", params: {} }, epoch: 1 };
    say(`try ${act}`);
    const { seq, hash } = await audit.append({ ...entry, kind: "intent", decision: "allow", reason: "matrix", payload: { text: `안녕하세요 ${act}` } });
    say(`ack ${seq} ${hash} ${act}`);
    await audit.append({ ...entry, kind: "outcome", decision: "done" });
    say(`end ${act}`);
  }
};
await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => work(lane)));
await stop();
