import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Approval } from "../../../contract/breaker.ts";
import { useConsole, useNow, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { useActTitle } from "../../ui/acts.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { State } from "../../ui/glyph.tsx";
import { Decide } from "./decide.tsx";
import { leftOf } from "./wait.ts";

const namedFirst = 5;
/** 9f2c 41d7 0be8 … 7a13 */
export const shortHash = (hash: string): string => `${hash.slice(0, 4)} ${hash.slice(4, 8)} ${hash.slice(8, 12)} … ${hash.slice(-4)}`;

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-fg-2">{name}</dt>
      <dd className="min-w-0 max-mid:mb-2">{children}</dd>
    </>
  );
}

function Reach({ approval }: { approval: Approval }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { reach } = approval;
  const names = reach.recipients.slice(0, namedFirst).join(", ");
  const rest = reach.count - Math.min(namedFirst, reach.recipients.length);
  const to = !reach.known
    ? t("approvals.toUnknown")
    : reach.count === 0
      ? t("approvals.toNobody")
      : rest > 0
        ? t("approvals.toMany", { names, rest: format.count(rest), n: format.count(reach.count) })
        : t("approvals.toCount", { names, n: format.count(reach.count) });
  return (
    <>
      <Fact name={t("approvals.facts.to")}>
        <span className={reach.known ? "" : "font-strong text-attention"}>{to}</span>
      </Fact>
      {reach.hosts.length > 0 ? (
        <Fact name={t("approvals.facts.where")}>
          <span className="mono">{reach.hosts.join(", ")}</span>
        </Fact>
      ) : null}
      {reach.amount === null ? null : (
        <Fact name={t("approvals.facts.amount")}>
          <b className="font-strong">{reach.currency === null ? format.number(reach.amount) : format.money(reach.amount, reach.currency)}</b>
        </Fact>
      )}
    </>
  );
}

function Expiry({ approval, receivedAt }: { approval: Approval; receivedAt: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  if (approval.state !== "waiting") {
    const by = [approval.decidedBy, approval.decidedAt === null ? null : format.when(approval.decidedAt, at)].filter((part) => part !== null).join(" · ");
    return (
      <span className="text-second text-fg-2">
        {t(`approvals.over.${approval.state}`)}
        {by === "" ? "" : ` · ${by}`}
      </span>
    );
  }
  const left = leftOf(approval, now - receivedAt);
  if (left === null) return null;
  const share = approval.lastsMs > 0 ? Math.min(100, (left / approval.lastsMs) * 100) : 0;
  return (
    <span className="flex items-center gap-4 max-mid:w-full">
      <span className="bar w-30" aria-hidden="true">
        <i style={{ width: `${share}%` }} />
      </span>
      <span className="text-second text-fg-2">{left === 0 ? t("approvals.expired") : t("approvals.expires", { duration: format.duration(left) })}</span>
    </span>
  );
}

/** One act, exactly as it would be carried out, with whom it reaches and why it was asked. */
export function Detail({ approval, waiting, receivedAt }: { approval: Approval; waiting: readonly Approval[]; receivedAt: number }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const stale = useStale();
  const titleOf = useActTitle();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const node = useConsole(
    (state) => state.nodes[approval.nodeId]?.view.name ?? state.breaker?.nodes.find((one) => one.nodeId === approval.nodeId)?.name ?? approval.nodeId,
  );
  const { checks } = approval;
  const results = [
    { text: words.injectionBand[checks.injection], isRaised: checks.injection !== "none" },
    { text: checks.secrets === 0 ? t("approvals.secretsNone") : t("approvals.secrets", { count: checks.secrets }), isRaised: checks.secrets > 0 },
    { text: t("approvals.panic", { band: words.panicBand[checks.panic] }), isRaised: checks.panic === "stressed" || checks.panic === "panic" },
    ...(checks.tainted ? [{ text: t("approvals.tainted"), isRaised: true }] : []),
  ];
  return (
    <section className={`sec min-w-0 ${stale ? "text-fg-3" : ""}`} aria-labelledby="approval-title" data-approval={approval.id}>
      <header>
        <h2 id="approval-title" className="font-strong">
          {titleOf(approval)}
        </h2>
        <span className="ml-auto leading-6 max-mid:ml-0 max-mid:w-full">
          <Expiry approval={approval} receivedAt={receivedAt} />
        </span>
      </header>
      {approval.body === null ? null : (
        <blockquote className="mt-5 border-l-3 border-line-2 py-1 pl-5 text-lead text-pretty whitespace-pre-wrap" data-testid="payload">
          {approval.body}
        </blockquote>
      )}
      <details className="mt-3" open={approval.body === null}>
        <summary className="w-fit cursor-pointer text-second text-accent">{t("approvals.raw")}</summary>
        {approval.payload === null ? (
          <p className="mt-2 text-second text-fg-2">{t("approvals.payloadNone")}</p>
        ) : (
          <pre
            role="region"
            aria-label={t("approvals.rawLabel")}
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
            tabIndex={0}
            className="mono mt-2 max-h-80 overflow-auto rounded-1 bg-sunken p-3 whitespace-pre-wrap"
          >
            {JSON.stringify(approval.payload, null, 2)}
          </pre>
        )}
      </details>
      <dl className="mt-6 grid grid-cols-[104px_minmax(0,1fr)] gap-x-6 gap-y-3 max-mid:grid-cols-1 max-mid:gap-y-0">
        <Reach approval={approval} />
        <Fact name={t("approvals.facts.changes")}>{t(`approvals.changes.${approval.class}`)}</Fact>
        <Fact name={t("approvals.facts.why")}>
          {words.gateReason[approval.reason]}
          <span className="block text-second text-fg-2">
            {t("approvals.rule", { class: approval.class, name: words.actionClass[approval.class], level: approval.level })}
          </span>
        </Fact>
        <Fact name={t("approvals.facts.who")}>{t("approvals.agentOn", { agent: approval.agent, node, when: format.when(approval.askedAt, at) })}</Fact>
        <Fact name={t("approvals.facts.checks")}>
          {results.map(({ text, isRaised }, index) => (
            <Fragment key={text}>
              {index === 0 ? "" : " · "}
              {isRaised ? <State glyph="attention">{text}</State> : text}
            </Fragment>
          ))}
        </Fact>
        {approval.cwd === null ? null : (
          <Fact name={t("approvals.facts.cwd")}>
            <span className="mono">{approval.cwd}</span>
          </Fact>
        )}
        {approval.binary === null ? null : (
          <Fact name={t("approvals.facts.binary")}>
            <span className="mono">{approval.binary}</span>
          </Fact>
        )}
        <Fact name={t("approvals.facts.what")}>
          <span className="text-second">
            <Copyable text={approval.hash} shown={`sha256 ${shortHash(approval.hash)}`} name={t("approvals.hash")} className={stale ? "" : "text-fg-2"} />
            <span className={`block ${stale ? "" : "text-fg-2"}`}>{t("approvals.hashNote")}</span>
          </span>
        </Fact>
      </dl>
      {approval.mode === "draft" && approval.state === "waiting" ? <p className="mt-4 text-second text-fg-2">{t("approvals.draft")}</p> : null}
      {approval.note === null || approval.note === "" ? null : <p className="mt-4 text-second text-fg-2">{t("approvals.overNote", { note: approval.note })}</p>}
      {approval.state === "waiting" ? <Decide key={approval.id} approval={approval} waiting={waiting} receivedAt={receivedAt} /> : null}
    </section>
  );
}
