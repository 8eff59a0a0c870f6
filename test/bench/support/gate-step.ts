import type { GateAnswer, Level } from "../../../src/contract/breaker.ts";
import type { ActText, Json } from "../../../src/daemon/breaker/gate/domain/arguments.ts";
import { classify, type Surroundings } from "../../../src/daemon/breaker/gate/domain/classify.ts";
import { newState } from "../../../src/daemon/breaker/gate/domain/state.ts";
import { failClosed } from "../../../src/daemon/breaker/gate/domain/step.ts";
import type { ActEvent, GateEvent, Policy, Verdict } from "../../../src/daemon/breaker/gate/domain/types.ts";
import { screenTexts, type Screen, type Secrets } from "../../../src/daemon/breaker/gate/screening.ts";

export interface StepInput {
  tool: string;
  args: Record<string, Json>;
  /** Monotonic milliseconds; space them by a second and more, or the panic filter has its say. */
  mono: number;
}
export interface Stepped {
  verdict: Verdict;
  injection: GateAnswer["injection"];
  secrets: GateAnswer["secrets"];
  texts: readonly ActText[];
}

const around: Surroundings = { workspace: ["/srv/bench"], state: ["/var/lib/bench-state"], resolve: (path) => path, credentialHosts: () => null };

/** One whole decision, all filters on, as the service takes it but for the log: classify, screen, step. A gate of its own that runs at `level`. */
export function createGateStep({ screen, secrets, level }: { screen: Screen; secrets: Secrets; level: Level }) {
  const policy: Policy = {
    level,
    maxLevel: 5,
    limits: { spendCap: 0, currency: "KRW", bulkCap: 0, declaredPaths: [], tokenCap: null },
    grants: [],
    hosts: [],
    known: [],
    egress: "hybrid",
    isolation: "netns",
  };
  let state = newState();
  let count = 0;
  const begin = () => {
    state = newState();
    const events: GateEvent[] = [
      { type: "boot", mono: 0, at: 0, carry: { spent: [], tokens: [] } },
      { type: "policy", mono: 0, at: 0, policy },
      { type: "latch", mono: 0, at: 0, state: "run", epoch: 1, own: false },
    ];
    for (const event of events) failClosed(state, event);
  };
  begin();
  return {
    /** A gate as new: what was judged before doesn't count. */
    begin,
    async step({ tool, args, mono }: StepInput): Promise<Stepped> {
      const { facts, texts } = classify({ tool, args, cwd: null }, around);
      const screened = await screenTexts(texts, { screen, secrets });
      const event: ActEvent = {
        type: "act",
        act: `act-${++count}`,
        mono,
        at: 0,
        epoch: 1,
        agent: "main",
        parent: null,
        task: null,
        mode: "live",
        facts,
        injection: screened.injection,
        secrets: screened.facts,
        urgent: screened.urgent,
        call: String(count),
        simhash: facts.recipients.length > 0 ? screened.simhash : null,
        approval: null,
        failure: null,
      };
      const { verdict } = failClosed(state, event);
      if (verdict === null) throw new Error("an act without a verdict");
      return { verdict, injection: screened.injection, secrets: screened.hits, texts };
    },
  };
}
