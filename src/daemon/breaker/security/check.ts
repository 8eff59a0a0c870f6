import { fileURLToPath } from "node:url";
import { createClock, type Clock } from "../../kernel/clock.ts";
import { createInjectionScreen, type InjectionBand, type Surface } from "./domain/injection.ts";
import { findSecrets } from "./domain/secrets.ts";
import { loadInjectionModel } from "./model-file.ts";

/** A line that `aos gate check --jsonl` reads. */
export interface CheckLine {
  id: string;
  text: string;
  /** What sort of text it is; see `surfaceOfKind`. */
  kind?: string;
}

/**
 * A line that it writes. `decision` is what the security step alone says: the high band and a secret deny (not one that
 * came in by a tool), the medium band and a telephone or account number ask.
 */
export interface CheckResult {
  id: string;
  injection: InjectionBand;
  /** 0..1 */
  score: number;
  secrets: { kind: string; start: number; end: number; preview: string }[];
  decision: "allow" | "ask" | "deny";
  reason: string;
  ms: number;
}

/**
 * Where a text came from, by the word that its kind begins with: `tool`, `indirect`, `web`, `file`, `mail`, `document` are read as
 * tool output, `outbound` as what an agent wants to send, everything else (and no kind) as a message of a person.
 */
export function surfaceOfKind(kind: string | undefined): Surface {
  if (kind === undefined) return "message";
  if (kind.startsWith("outbound")) return "outbound";
  return /^(?:tool|indirect|web|file|mail|document)/.test(kind) ? "tool" : "message";
}

/** What shops write to their customers every day: asked about, not refused. */
const personal: ReadonlySet<string> = new Set(["bank-account", "phone"]);

/** Where the sources stand, the shipped model stands beside them. */
export const shippedModel = fileURLToPath(new URL("../../../../resources/breaker/injection/", import.meta.url));

/** A judge of single lines with the shipped model, or the one in `folder`. Rejects where the model can't be read. */
export async function createChecker({ folder = shippedModel, clock = createClock() }: { folder?: string; clock?: Clock } = {}): Promise<
  (line: CheckLine) => CheckResult
> {
  const screen = createInjectionScreen(loadInjectionModel(folder));
  return ({ id, text, kind }) => {
    const began = clock.mono();
    const surface = surfaceOfKind(kind);
    const verdict = screen.judge(text, surface);
    const secrets = findSecrets(text).map(({ kind, start, end, preview }) => ({ kind, start, end, preview }));
    const done = (decision: CheckResult["decision"], reason: string): CheckResult => ({
      id,
      injection: verdict.band,
      score: Math.round(verdict.score * 1000) / 1000,
      secrets,
      decision,
      reason,
      ms: Math.round((clock.mono() - began) * 1000) / 1000,
    });
    const secret = secrets.find((one) => !personal.has(one.kind));
    // What came in may hold a secret of its sender; only what could go out is refused for it.
    if (secret !== undefined && surface !== "tool") return done("deny", `secret.${secret.kind}`);
    if (verdict.band === "high") return done("deny", `injection.${verdict.rules[0] ?? "model"}`);
    if (verdict.band === "medium") return done("ask", verdict.truncated ? "injection.too-long" : `injection.${verdict.rules[0] ?? "model"}`);
    const [datum] = secrets;
    if (datum !== undefined && surface !== "tool") return done("ask", `personal.${datum.kind}`);
    return done("allow", "clean");
  };
}
