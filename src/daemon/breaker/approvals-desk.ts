import type { Approval, ApprovalsView } from "../../contract/breaker.ts";
import { allows } from "../../contract/roles.ts";
import type { Caller } from "../kernel/caller.ts";
import { fault } from "../kernel/fault.ts";
import { actorOf } from "./actor.ts";
import type { AnswerRefusal, Approvals } from "./approvals/service.ts";
import type { Audit } from "./audit/audit.ts";
import type { Sync } from "./sync.ts";

export interface ApprovalsDeskDeps {
  approvals: Approvals;
  audit: Audit;
  /** Approvals that wait on members. */
  elsewhere(): readonly Approval[];
  decided: Sync["decided"];
  epoch(): number;
}

interface Answer {
  items: { id: string; hash: string }[];
  answer: "approve" | "deny";
  typed?: string | undefined;
  note?: string | undefined;
  always: boolean;
}

const refused = ({ code, state }: AnswerRefusal): Error => {
  switch (code) {
    case "not-found":
      return fault("breaker.not-found");
    case "over":
      return fault("breaker.approval-over", { state });
    case "changed":
    case "mixed":
      return fault("breaker.approval-changed");
    case "typed":
      return fault("breaker.approval-typed");
  }
};

/** What people do with approvals, this node's and the members'. */
export function createApprovalsDesk({ approvals, audit, elsewhere, decided, epoch }: ApprovalsDeskDeps) {
  const view = (): ApprovalsView => {
    const own = approvals.list();
    return { ...own, waiting: [...own.waiting, ...elsewhere()].toSorted((a, b) => a.askedAt - b.askedAt) };
  };
  const find = (id: string): Approval => {
    const found = approvals.get(id) ?? elsewhere().find((one) => one.id === id);
    if (found === undefined) throw fault("breaker.not-found");
    return found;
  };
  /** Answers a member's approval: what the person saw is what the member holds, or nothing happens. */
  const answerElsewhere = async (caller: Caller, { items, answer, typed, note }: Answer) => {
    for (const { id, hash } of items) {
      const approval = find(id);
      if (approval.hash !== hash) throw fault("breaker.approval-changed");
      if (answer === "approve" && approval.needs === "ask-console" && (items.length > 1 || typed?.trim().toLowerCase() !== hash.slice(0, 4)))
        throw fault("breaker.approval-typed");
      await decided(approval.nodeId, { id, answer, by: actorOf(caller).actor, note: note ?? null });
    }
  };
  return {
    view,
    get: find,
    async decide(caller: Caller, asked: Answer): Promise<ApprovalsView> {
      const chosen = asked.items.map(({ id }) => find(id));
      // Money and the agent's own rules are the owner's.
      if (asked.answer === "approve" && chosen.some((one) => one.needs === "ask-console") && !allows(caller.role, { role: "owner", also: [] }))
        throw fault("breaker.owner-only");
      const { actor, via } = actorOf(caller);
      if (chosen.some((one) => approvals.get(one.id) === null)) {
        await answerElsewhere(caller, asked);
        return view();
      }
      const offers = asked.always && asked.answer === "approve" ? chosen.flatMap((one) => one.grant?.value ?? []) : [];
      for (const value of offers) await audit.append({ actor, via, kind: "grant", title: { code: "grant-give", params: { value } }, epoch: epoch() });
      const done = await approvals.decide({ ...asked, by: actor });
      if (!done.ok) throw refused(done);
      return view();
    },
    async revoke(caller: Caller, grantId: string): Promise<ApprovalsView> {
      const grant = approvals.grants().find((one) => one.id === grantId);
      if (grant === undefined) throw fault("breaker.not-found");
      await audit.append({ ...actorOf(caller), kind: "grant", title: { code: "grant-revoke", params: { value: grant.value } }, epoch: epoch() });
      await approvals.revoke(grantId);
      return view();
    },
  };
}
