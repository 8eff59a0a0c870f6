import type { Approval } from "../../contract/breaker.ts";
import { command, type Kit } from "../kit.ts";
import { refuse } from "../refusal.ts";
import type { Session } from "../session.ts";
import { clean, sheet, table } from "../table.ts";
import { span } from "../units.ts";

/** `aos approvals`, `aos approvals show|approve|deny|grants|revoke`. */
export function addApprovals({ program, text, act }: Kit): void {
  const approvals = command(program, "approvals", text.command.approvals).action(act(list));
  command(approvals, "show", text.command.approvalsShow).argument("<id>", text.option.id).action(act(show));
  command(approvals, "approve", text.command.approvalsApprove)
    .argument("<id...>", text.option.id)
    .option("--always", text.option.always)
    .option("--typed <word>", text.option.typed)
    .option("--note <text>", text.option.note)
    .action(act<Decide>((session, ids, options) => decide(session, ids, "approve", options)));
  command(approvals, "deny", text.command.approvalsDeny)
    .argument("<id...>", text.option.id)
    .option("--note <text>", text.option.note)
    .action(act<Decide>((session, ids, options) => decide(session, ids, "deny", options)));
  command(approvals, "grants", text.command.approvalsGrants).action(act(grants));
  command(approvals, "revoke", text.command.approvalsRevoke).argument("<id>", text.option.id).action(act(revoke));
}

interface Decide {
  always?: boolean;
  typed?: string;
  note?: string;
}

async function list(session: Session): Promise<void> {
  const view = await session.ask((aosd, options) => aosd.breaker.approvals.list(undefined, options));
  const { text, words, language } = session.tongue;
  session.show(view, () => {
    if (view.waiting.length === 0) return text.say.noApprovals;
    return table(
      [text.head.id, text.head.act, text.head.target, text.head.why, text.head.until],
      view.waiting.map((one) => [
        one.id,
        words.actionClass[one.class],
        clean([...one.reach.recipients, ...one.reach.hosts].join(", ")) || text.word.none,
        words.gateReason[one.reason],
        one.expiresInMs === null ? text.word.none : span(one.expiresInMs, language),
      ]),
    );
  });
}

const find = async (session: Session, ids: readonly string[]): Promise<Approval[]> => {
  const { waiting } = await session.ask((aosd, options) => aosd.breaker.approvals.list(undefined, options));
  return ids.map((id) => waiting.find((one) => one.id === id || (id.length >= 4 && one.id.startsWith(id))) ?? refuse("breaker.not-found"));
};

async function show(session: Session, [id = ""]: readonly string[]): Promise<void> {
  const approval = await session.ask((aosd, options) => aosd.breaker.approvals.get({ id }, options));
  const { text, words, language } = session.tongue;
  session.show(approval, () =>
    sheet([
      [text.head.act, `${words.actionClass[approval.class]} (${clean(approval.tool)})`],
      [text.head.target, clean([...approval.reach.recipients, ...approval.reach.hosts].join(", ")) || text.word.none],
      [text.head.what, clean(approval.body ?? JSON.stringify(approval.payload))],
      [text.head.why, words.gateReason[approval.reason]],
      [text.head.until, approval.expiresInMs === null ? text.word.none : span(approval.expiresInMs, language)],
      ["sha256", approval.hash],
    ]),
  );
}

/** The hash goes along: what is approved is what this command has just read, to the last byte. */
async function decide(session: Session, ids: readonly string[], answer: "approve" | "deny", { always = false, typed, note }: Decide): Promise<void> {
  const items = (await find(session, ids)).map(({ id, hash }) => ({ id, hash }));
  const extra = { ...(typed === undefined ? {} : { typed }), ...(note === undefined ? {} : { note }) };
  const view = await session.ask((aosd, options) => aosd.breaker.approvals.decide({ items, answer, always, ...extra }, options));
  if (view.hasty) session.note(session.tongue.text.say.hasty);
  session.show(view, () => (answer === "approve" ? session.tongue.text.say.approved : session.tongue.text.say.denied));
}

async function grants(session: Session): Promise<void> {
  const { grants: all } = await session.ask((aosd, options) => aosd.breaker.approvals.list(undefined, options));
  const { text, words } = session.tongue;
  session.show({ grants: all }, () =>
    all.length === 0
      ? text.say.noGrants
      : table(
          [text.head.id, text.head.act, text.head.target, text.head.person],
          all.map((grant) => [grant.id, words.actionClass[grant.class], clean(grant.value), clean(grant.by)]),
        ),
  );
}

async function revoke(session: Session, [grantId = ""]: readonly string[]): Promise<void> {
  const view = await session.ask((aosd, options) => aosd.breaker.approvals.revoke({ grantId }, options));
  session.show({ grants: view.grants }, () => session.tongue.text.say.revokedGrant);
}
