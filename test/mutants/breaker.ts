import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "../levels/mutant.ts";
import { root } from "../levels/child.ts";

const room = "src/daemon/breaker";
const domain = (...names: string[]) => ({ project: "domain", files: names.map((name) => `${room}/${name}.test.ts`) }) as const;
const adapter = (...names: string[]) => ({ project: "adapter", files: names.map((name) => `${room}/${name}.test.ts`) }) as const;
const matrixFile = `${room}/gate/domain/matrix.ts`;

/** Ten cells of the table, each set one step looser. Drawn once, by a fixed stride, from all that can be loosened. */
function loosenedCells(): Mutant[] {
  const source = readFileSync(join(root, matrixFile), "utf8");
  const looser: Record<string, string> = { D: "C", C: "P", P: "N", N: "A" };
  const cells = [...source.matchAll(/\{ class: "(\w+)", cells: \[([^\]]+)\] \}/g)].flatMap(([line, of = "", list = ""]) =>
    list.split(", ").flatMap((cell, index, all) => {
      const next = looser[cell];
      if (next === undefined) return [];
      const to = line.replace(list, all.map((one, at) => (at === index ? next : one)).join(", "));
      return [{ name: `cell ${of} at L${index + 1} loosened from ${cell} to ${next}`, file: matrixFile, from: line, to, red: domain("gate/domain/matrix") }];
    }),
  );
  return Array.from({ length: 10 }, (_, draw) => cells[(draw * 5 + 2) % cells.length]).filter((one) => one !== undefined);
}

/** Guards of the breaker, each with the test that must notice its loss. */
export const mutants: readonly Mutant[] = [
  {
    name: "an exception in the gate's step allows",
    file: `${room}/gate/domain/step.ts`,
    from: 'verdict: { decision: "deny", class: "3", reason: "internal", params: {}, tainted: true, panic: "panic" },',
    to: 'verdict: { decision: "allow", class: "3", reason: "internal", params: {}, tainted: true, panic: "panic" },',
    red: domain("gate/domain/step"),
  },
  {
    name: "an exception in the gate's service allows",
    file: `${room}/gate/service.ts`,
    from: '    decision: "deny",\n    class: "3",\n    reason,',
    to: '    decision: "allow",\n    class: "3",\n    reason,',
    red: adapter("gate/service", "gate/faults"),
  },
  {
    name: "the lease lasts 5 s",
    file: `${room}/latch/domain/node-latch.ts`,
    from: "export const leaseMs = 500;",
    to: "export const leaseMs = 5000;",
    red: adapter("latch/core", "latch/keeper"),
  },
  {
    name: "epoch check off: a node opens for the epoch at which it closed",
    file: `${room}/latch/domain/node-latch.ts`,
    from: "const opens = lease.epoch > node.held &&",
    to: "const opens =",
    red: adapter("latch/core.model", "latch/core"),
  },
  {
    name: "epoch check off: acts of an older epoch take effect",
    file: `${room}/latch/domain/node-latch.ts`,
    from: "&& epoch >= node.since && epoch <= node.epoch;",
    to: "&& epoch <= node.epoch;",
    red: adapter("latch/core.model", "latch/core", "latch/keeper"),
  },
  {
    name: "persist before close",
    file: `${room}/latch/core.ts`,
    from: "    const before = { node, rack, state: stateNow() };\n    change();",
    to: "    const before = { node, rack, state: stateNow() };\n    save();\n    if (!store.onDisk()) return;\n    change();",
    red: adapter("latch/core"),
  },
  {
    name: "taint off",
    file: `${room}/gate/domain/decide.ts`,
    from: "if (taint.tainted && isTaintable(one)) atLeast(",
    to: "if (taint.tainted && isTaintable(one) && level > 5) atLeast(",
    red: domain("gate/domain/decide"),
  },
  {
    name: "sensitive data may leave a tainted context",
    file: `${room}/gate/domain/decide.ts`,
    from: 'atLeast("ask", "taint-egress");',
    to: 'atLeast("allow", "taint-egress");',
    red: domain("gate/domain/decide"),
  },
  {
    name: "a child exceeds its parent",
    file: `${room}/gate/domain/decide.ts`,
    from: 'atLeast(above, "over-parent", { level: ceiling.level });',
    to: 'atLeast("allow", "over-parent", { level: ceiling.level });',
    red: domain("gate/domain/decide"),
  },
  {
    name: "an unknown tool is a read",
    file: `${room}/gate/domain/classify.ts`,
    from: 'parts: [cls("3", "unknown-tool"),',
    to: 'parts: [cls("1", "unknown-tool"),',
    red: domain("gate/domain/decide", "gate/domain/classify"),
  },
  {
    name: "normalisation off: invisible characters stay",
    file: `${room}/security/domain/normalise.ts`,
    from: "  const seen = unhide(text);",
    to: '  const seen = { text, smuggled: "", hidden: false };',
    red: domain("security/domain/normalise"),
  },
  {
    name: "normalisation off: letters apart stay apart",
    file: `${room}/security/domain/normalise.ts`,
    from: "const joined = folded.replace(lonelySyllables, join).replace(lonelyLetters, join);",
    to: "const joined = folded;",
    red: domain("security/domain/normalise"),
  },
  ...loosenedCells(),
  {
    name: "hash binding off",
    file: `${room}/approvals/domain/approval.ts`,
    from: "return now.hash === hash ?",
    to: "return now.hash.length === hash.length ?",
    red: domain("approvals/domain/approval"),
  },
  {
    name: "an approval is used twice",
    file: `${room}/approvals/domain/approval.ts`,
    from: 'life: { ...now, state: "used" } }',
    to: "life: now }",
    red: domain("approvals/domain/approval"),
  },
  {
    name: "an approval never expires",
    file: `${room}/approvals/domain/approval.ts`,
    from: 'return mono < life.until ? life : { ...life, state: "expired" };',
    to: 'return mono < Infinity ? life : { ...life, state: "expired" };',
    red: domain("approvals/domain/approval"),
  },
  {
    name: "Seoul read as UTC: panic windows by the wall clock of the event",
    file: `${room}/gate/domain/step.ts`,
    from: "state.mono = Math.max(state.mono, event.mono);",
    to: "state.mono = event.at;",
    red: domain("gate/domain/panic/incidents", "gate/domain/panic/signals"),
  },
  {
    name: "audit chain unchecked",
    file: `${room}/audit/domain/diagnose.ts`,
    from: "row.seq === seq && sameBytes(row.prev, before) && fitsAt(sha256, row, seq);",
    to: "row.seq === seq || sameBytes(row.prev, before) || fitsAt(sha256, row, seq);",
    red: adapter("audit/verify"),
  },
  {
    name: "audit: a row's own hash unchecked",
    file: `${room}/audit/domain/diagnose.ts`,
    from: "sameBytes(row.prev, before) && fitsAt(sha256, row, seq);",
    to: "sameBytes(row.prev, before);",
    red: adapter("audit/verify"),
  },
  {
    name: "an erased key stays in the file",
    file: `${room}/audit/store.ts`,
    from: "PRAGMA secure_delete = ON",
    to: "PRAGMA secure_delete = OFF",
    red: adapter("audit/erase"),
  },
  {
    name: "secret printed in the preview",
    file: `${room}/security/domain/secrets-finding.ts`,
    from: "preview: `${label} …(${end - start})`",
    to: "preview: `${label} ${text.slice(start, end)}`",
    red: domain("security/domain/secrets"),
  },
  {
    name: "proxy skipped: tools keep the machine's network",
    file: `${room}/custody/launcher.ts`,
    from: '    "--net",\n',
    to: "",
    red: adapter("egress/isolation", "custody/launcher"),
  },
  {
    name: "the proxy asks no policy",
    file: `${room}/egress/admission.ts`,
    from: "if (!said.allow) return",
    to: "if (!said.allow && !live()) return",
    red: adapter("egress/refusal"),
  },
  {
    name: "a replayed frame of the button counts",
    file: `${room}/button/domain/judge.ts`,
    from: "frame.seq <= seq",
    to: "frame.seq < seq",
    red: domain("button/domain/judge"),
  },
  {
    name: "RUN of the button holds for 3 s",
    file: `${room}/button/domain/judge.ts`,
    from: "RUN_HOLDS_MS = 300",
    to: "RUN_HOLDS_MS = 3000",
    red: domain("button/domain/judge"),
  },
  {
    name: "tools are not killed after SIGTERM",
    file: `${room}/custody/reaper.ts`,
    from: "export const termMs = 2000;",
    to: "export const termMs = 60_000;",
    red: adapter("custody/kill"),
  },
  {
    name: "a tampered licence counts",
    file: "src/daemon/access/domain/licence.ts",
    from: 'if (!context.verify(canonicalTerms(terms), signature)) return lowest("licence.not-signed");',
    to: "",
    red: { project: "domain", files: ["src/daemon/access/domain/licence.test.ts"] },
  },
];
