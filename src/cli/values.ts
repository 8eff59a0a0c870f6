import type { NodeState, NodeView, Sample, Sentence, UpsView } from "../contract/rack.ts";
import type { NodeRole } from "../contract/values.ts";
import { fill } from "../words/index.ts";
import type { Tongue } from "./language.ts";
import type { Tone } from "./session.ts";
import { clean } from "./table.ts";
import { age, bytes, percent, show, span } from "./units.ts";

const tones = {
  online: "plain",
  late: "attention",
  "shutting-down": "attention",
  offline: "failure",
  stopped: "failure",
  seen: "quiet",
  paired: "quiet",
  "off-planned": "quiet",
} as const satisfies Record<NodeState, Tone>;

/** How loud a node's state is on screen. Fine has no colour. */
export const toneOf = (state: NodeState): Tone => tones[state];

/** The sentence of truth in words. */
export function sentenceText(sentence: Sentence, tongue: Tongue): string {
  return clean(fill(tongue.words.sentence[sentence.code], sentence.params));
}

/** `main · LLM`, or one word when a machine has all four. */
export function rolesText(roles: readonly NodeRole[], tongue: Tongue): string {
  if (roles.length === 4) return tongue.words.allRoles;
  return roles.length === 0 ? tongue.words.none : roles.map((role) => tongue.words.nodeRoleShort[role]).join(" · ");
}

/** `12.1 GB / 24 GB`, or the word for unknown. */
export function share(used: Sample["memoryUsedBytes"] | undefined, total: Sample["memoryTotalBytes"] | undefined, tongue: Tongue): string {
  const { language } = tongue;
  const have = show(used, tongue.words.unknown, (value) => bytes(value, language));
  return typeof used === "number" && typeof total === "number" ? `${have} / ${bytes(total, language)}` : have;
}

/** Age in words; a dash-free "never" where there was none. */
export function ageText(ms: number | null, tongue: Tongue): string {
  return ms === null ? tongue.text.word.never : age(ms, tongue.language);
}

/** Power in one line: state, charge, time left. */
export function upsLine(ups: UpsView, tongue: Tongue): string {
  if (ups.state === "none") return tongue.text.say.noUps;
  const { language, words, text } = tongue;
  return [
    words.upsState[ups.state],
    fill(text.word.charge, { value: show(ups.chargePercent, words.unknown, (value) => percent(value, language)) }),
    fill(text.word.runtime, { value: show(ups.runtimeSeconds, words.unknown, (value) => span(value * 1000, language)) }),
    ...(ups.source === "simulated" ? [text.word.simulated] : []),
  ].join(" · ");
}

/** A node's name as it may stand on a screen. */
export function nameOf(node: NodeView, tongue: Tongue): string {
  return node.self ? `${clean(node.name)} ${tongue.text.word.self}` : clean(node.name);
}
