import { useTranslation } from "react-i18next";
import type { BreakerView, NodeLatch } from "../../../contract/breaker.ts";
import { useBreakerStale, useConsole, useNow } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useParticles } from "../../app/shell/breaker-sentence.ts";
import type { GlyphName } from "../../app/status.ts";
import { useFormat } from "../../app/use-format.ts";
import { Age } from "../../ui/age.tsx";
import { State } from "../../ui/glyph.tsx";
import { Section } from "../../ui/section.tsx";
import { Table } from "../../ui/table.tsx";

const glyphs: Record<NodeLatch["state"], GlyphName> = { open: "on", closed: "stopped", unconfirmed: "unknown", held: "ready", excluded: "off" };

function Processes({ node }: { node: NodeLatch }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  if (node.processes === "unknown") return <>{words.unknown}</>;
  if (node.processes.alive > 0) return <State glyph="attention">{t("breaker.alive", { count: node.processes.alive })}</State>;
  // Where nothing ran there was nothing to end.
  return <>{node.processes.tookMs === null || node.processes.killed === 0 ? t("breaker.notApplicable") : format.seconds(node.processes.tookMs)}</>;
}

function Row({ node, isRunning }: { node: NodeLatch; isRunning: boolean }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const now = useNow();
  const stale = useBreakerStale();
  const receivedAt = useConsole((state) => state.breakerAt) ?? now;
  const isUnknown = stale || node.state === "unconfirmed";
  return (
    <tr className={isUnknown ? "text-fg-3" : ""}>
      <th scope="row" className={`whitespace-nowrap! ${isUnknown ? "text-fg-3!" : ""}`}>
        {node.name}
      </th>
      <td className="whitespace-nowrap">
        <State glyph={stale ? "unknown" : glyphs[node.state]}>{words.nodeLatch[node.state]}</State>
      </td>
      {isRunning ? (
        <td className="num whitespace-nowrap">{node.ackAgeMs === null ? t("breaker.never") : <Age ms={node.ackAgeMs} receivedAt={receivedAt} />}</td>
      ) : (
        <>
          <td className="num whitespace-nowrap">{node.state === "unconfirmed" ? words.unknown : format.took(node.closeTookMs)}</td>
          <td className="num whitespace-nowrap">
            <Processes node={node} />
          </td>
        </>
      )}
    </tr>
  );
}

/** Which gates are closed, by each node's own word. What did not stop, and what nobody knows, stand at the same size. */
export function NodesTable({ view }: { view: BreakerView }) {
  const { t } = useTranslation();
  const { topic } = useParticles();
  const isRunning = view.state === "run";
  const title = t(isRunning ? "breaker.nodesNow" : "breaker.what");
  const missing = view.nodes.filter((node) => node.state === "unconfirmed");
  const cut = view.interrupted.map((one) => `${one.agent} · ${one.tool}`).join(", ");
  return (
    <Section title={title}>
      <Table
        label={title}
        head={
          <>
            <th scope="col">{t("breaker.table.where")}</th>
            <th scope="col">{t("breaker.table.state")}</th>
            {isRunning ? (
              <th scope="col" className="num">
                {t("breaker.table.heard")}
              </th>
            ) : (
              <>
                <th scope="col" className="num">
                  {t("breaker.table.door")}
                </th>
                <th scope="col" className="num">
                  {t("breaker.table.processes")}
                </th>
              </>
            )}
          </>
        }
      >
        {view.nodes.map((node) => (
          <Row key={node.nodeId} node={node} isRunning={isRunning} />
        ))}
      </Table>
      {missing.length > 0 ? (
        <p className="mt-3 text-second text-fg-2">{t("breaker.unconfirmedNote", { names: topic(missing.map((node) => node.name).join(", ")) })}</p>
      ) : null}
      {view.nodes.some((node) => node.state === "excluded") ? <p className="mt-3 text-second text-fg-2">{t("breaker.excludedNote")}</p> : null}
      {isRunning ? null : (
        <dl className="mt-4 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-2 text-second">
          <dt className="text-fg-2">{t("breaker.cut")}</dt>
          <dd>{cut === "" ? t("breaker.cutNone") : cut}</dd>
          <dt className="text-fg-2">{t("breaker.notStopped")}</dt>
          <dd>{t("breaker.notStoppedList")}</dd>
        </dl>
      )}
    </Section>
  );
}
