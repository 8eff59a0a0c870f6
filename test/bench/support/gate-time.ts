import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Row } from "../../../build/train/rows.ts";
import { actOf, policyOf, running } from "../../../src/daemon/breaker/gate/domain/fake-events.ts";
import { step } from "../../../src/daemon/breaker/gate/domain/step.ts";
import type { InjectionScreen } from "../../../src/daemon/breaker/security/domain/injection.ts";
import { findSecrets } from "../../../src/daemon/breaker/security/domain/secrets.ts";
import type { Figures } from "../../levels/figures.ts";
import { figure, percentile } from "./stats.ts";

const sizes = [
  { name: "256B", bytes: 256, rounds: 4000, goal: "<= 1" },
  { name: "4KB", bytes: 4096, rounds: 3000, goal: "<= 1" },
  { name: "64KB", bytes: 65_536, rounds: 150, goal: null },
] as const;
const warmUp = 400;
const fsyncs = 200;

/** Texts of a size in UTF-8 bytes, out of our own corpora: prose in Korean and English, mixed, and a tool's JSON around it. */
function textsOf(rows: readonly Row[], bytes: number): string[] {
  const grow = (from: number, wrap: (text: string) => string) => {
    let text = "";
    for (let at = from; Buffer.byteLength(text) < bytes; at++) text += `${wrap(rows[at % rows.length]?.text ?? "")}\n`;
    return Buffer.from(text).subarray(0, bytes).toString("utf8");
  };
  const quoted = (text: string) => JSON.stringify({ id: text.length, from: "kim@shop.example", body: text, tags: ["inbox", "2026-11-23T09:00:00+09:00"] });
  return Array.from({ length: 24 }, (_, index) => grow(index * 37, index % 3 === 0 ? quoted : (text) => text));
}

/** One decision as the gate makes it: the text's injection score, the secrets in it, then panic and autonomy in one step of the gate's domain. */
function decisions(screen: InjectionScreen, texts: readonly string[], rounds: number): { wall: number[]; cpuMean: number } {
  const policy = policyOf(4);
  let state = running(policy);
  const wall: number[] = [];
  let cpu = 0;
  for (let round = -warmUp; round < rounds; round++) {
    if (round === 0) {
      const before = process.threadCpuUsage();
      cpu = (before.user + before.system) / 1000;
    }
    const text = texts[Math.abs(round) % texts.length] ?? "";
    // A quiet hour between decisions: what is timed is the ordinary case, not a gate in panic.
    if (round % 500 === 0) state = running(policy);
    const mono = 1000 + (round + warmUp) * 3_600_000;
    const act = actOf("message.send", { to: "kakao:kim", text: text.slice(0, 4000) }, { mono });
    const began = performance.now();
    const verdict = screen.judge(text, round % 2 === 0 ? "outbound" : "tool");
    const secrets = findSecrets(text);
    step(state, { ...act, injection: { band: verdict.band, score: verdict.score }, secrets: secrets.map(({ kind }) => ({ kind, weight: "secret" as const })) });
    const took = performance.now() - began;
    if (round >= 0) wall.push(took);
  }
  const used = process.threadCpuUsage();
  return { wall, cpuMean: ((used.user + used.system) / 1000 - cpu) / rounds };
}

function intentMs(): number[] {
  const folder = mkdtempSync(join(tmpdir(), "aos-bench-intent-"));
  const file = new Database(join(folder, "intent.db"));
  file.pragma("journal_mode = WAL");
  file.pragma("synchronous = FULL");
  file.exec("CREATE TABLE intent (seq INTEGER PRIMARY KEY, row BLOB NOT NULL)");
  const insert = file.prepare("INSERT INTO intent (row) VALUES (?)");
  const row = Buffer.alloc(1024, 65);
  const took = Array.from({ length: fsyncs }, () => {
    const began = performance.now();
    insert.run(row);
    return performance.now() - began;
  });
  file.close();
  rmSync(folder, { recursive: true, force: true });
  return took;
}

/** Time of a decision with all filters on, by the size of its text, and of the intent's way to the disk beside it. */
export function times(screen: InjectionScreen, rows: readonly Row[]): Figures {
  const figures: Figures = {};
  for (const { name, bytes, rounds, goal } of sizes) {
    const { wall: took, cpuMean } = decisions(
      screen,
      textsOf(
        rows.filter((row) => row.label === "benign"),
        bytes,
      ),
      rounds,
    );
    figures[`time.${name}.p50Ms`] = figure(percentile(took, 0.5), "ms", took.length);
    figures[`time.${name}.p99Ms`] = figure(percentile(took, 0.99), "ms", took.length, goal);
    // Of the deciding thread alone, with the making of the act: on a busy machine the wall clock measures its neighbours.
    figures[`time.${name}.cpuMeanMs`] = figure(cpuMean, "ms", rounds);
    figures[`time.${name}.maxMs`] = figure(Math.max(...took), "ms", took.length);
  }
  const written = intentMs();
  figures["time.intentFsyncMs"] = figure(percentile(written, 0.5), "ms", written.length);
  figures["time.intentFsyncMs.p99"] = figure(percentile(written, 0.99), "ms", written.length);
  return figures;
}
