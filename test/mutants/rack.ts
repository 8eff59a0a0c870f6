import type { Mutant } from "../levels/mutant.ts";

const domain = (name: string) => ({ project: "domain", files: [`src/daemon/rack/domain/${name}.test.ts`] }) as const;
const health = (name: string) => ({ project: "adapter", files: [`src/daemon/rack/health/${name}.test.ts`] }) as const;

/** Guards of the measuring half of the rack: states, plan, power, alerts and history. */
export const mutants: readonly Mutant[] = [
  {
    name: "heartbeat never late",
    file: "src/daemon/rack/domain/node-state.ts",
    from: 'return missed >= lateAfterMissed ? "late" : "online";',
    to: 'return "online";',
    red: domain("node-state"),
  },
  {
    name: "heartbeat never offline",
    file: "src/daemon/rack/domain/node-state.ts",
    from: 'if (missed >= offlineAfterMissed) return "offline";',
    to: 'if (missed < 0) return "offline";',
    red: domain("node-state"),
  },
  {
    name: "unknown shown as 0 in the history",
    file: "src/daemon/rack/domain/history.ts",
    from: 'sample[metric] === "unknown" ? null : sample[metric]',
    to: 'sample[metric] === "unknown" ? 0 : sample[metric]',
    red: domain("history"),
  },
  {
    name: "what nobody knew is averaged as 0",
    file: "src/daemon/rack/domain/history.ts",
    from: "if (known.length === 0) return [metric, null];",
    to: "if (known.length === 0) return [metric, 0];",
    red: domain("history"),
  },
  {
    name: "an unknown temperature shown as 0",
    file: "src/daemon/rack/health/host.ts",
    from: 'Math.round(Math.max(...values) * 10) / 10 : "unknown";',
    to: "Math.round(Math.max(...values) * 10) / 10 : 0;",
    red: health("host"),
  },
  {
    name: "an unknown charge of the UPS shown as 0",
    file: "src/daemon/rack/domain/ups.ts",
    from: '!/^\\s*-?\\d+(\\.\\d+)?\\s*$/.test(text)) return "unknown";',
    to: "!/^\\s*-?\\d+(\\.\\d+)?\\s*$/.test(text)) return 0;",
    red: domain("ups"),
  },
  {
    name: "LB ignored by the plan",
    file: "src/daemon/rack/domain/outage.ts",
    from: "const last = now.lb || now.fsd;",
    to: "const last = now.fsd;",
    red: domain("outage"),
  },
  {
    name: "LB of the UPS ignored",
    file: "src/daemon/rack/domain/ups.ts",
    from: 'if (saysLow(memory.power.flags)) return "flag";',
    to: 'if (memory.power.flags.size > 99) return "flag";',
    red: domain("ups"),
  },
  {
    name: "storage first in the shutdown plan",
    file: "src/daemon/rack/domain/plan.ts",
    from: 'const downOrder: readonly NodeRole[] = ["llm", "pool", "main", "storage"];',
    to: 'const downOrder: readonly NodeRole[] = ["storage", "llm", "pool", "main"];',
    red: domain("plan"),
  },
  {
    name: "mains back cancel a sequence past its point of no return",
    file: "src/daemon/rack/domain/outage.ts",
    from: "if (!now.onBattery && !last && !state.committed) {",
    to: "if (!now.onBattery && !last) {",
    red: domain("outage"),
  },
  {
    name: "vanished-on-battery ignored",
    file: "src/daemon/rack/domain/ups.ts",
    from: "monoMs - memory.power.at >= vanishedAfterMs",
    to: "monoMs - memory.power.at < 0",
    red: domain("ups"),
  },
  {
    name: "power cut no longer suppresses node-offline",
    file: "src/daemon/rack/domain/alerts.ts",
    from: "const inCut = state.cutNow || ",
    to: "const inCut = state.counter < 0 && ",
    red: domain("alerts"),
  },
  {
    name: "a UPS that never answered is fine",
    file: "src/daemon/rack/domain/sentence.ts",
    from: 'if (facts.ups.state === "unknown") return { code: "ups-unreachable", params: {} };',
    to: "",
    red: domain("sentence"),
  },
  {
    name: "clock set back gives negative ages",
    file: "src/daemon/rack/domain/alerts.ts",
    from: "const forMs = Math.max(0, ...members.map((track) => look.monoMs - track.badSince));",
    to: "const forMs = Math.max(...members.map((track) => look.nowMs - ((track as { wallSince?: number }).wallSince ??= look.nowMs)));",
    red: domain("alerts"),
  },
  {
    name: "clock set back brings old samples again",
    file: "src/daemon/rack/health/sampler.ts",
    from: "if (index >= 0) return kept.slice(index + 1);",
    to: "if (index >= kept.length) return [];",
    red: health("sampler"),
  },
  {
    name: "points that a full disk refuses are dropped",
    file: "src/daemon/rack/health/rings.ts",
    from: "await db.write([...batch.map(insert), ...firsts]);",
    to: "await db.write([...batch.map(insert), ...firsts]).catch(() => 0);",
    red: health("rings"),
  },
  {
    name: "points on their way to the disk look like a hole",
    file: "src/daemon/rack/health/rings.ts",
    from: "...rows.map(pointOfRow), ...fresh,",
    to: "...rows.map(pointOfRow), ...fresh.filter((point) => waiting.some((one) => one.point === point)),",
    red: health("rings"),
  },
  {
    name: "a server without TLS is spoken to though TLS is required",
    file: "src/daemon/rack/ups/nut.ts",
    from: 'if (tls === "prefer" && error instanceof NutError',
    to: "if (error instanceof NutError",
    red: { project: "adapter", files: ["src/daemon/rack/ups/nut.test.ts"], test: "tls require" },
  },
];
