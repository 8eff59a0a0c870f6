import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EgressView } from "../../../contract/breaker.ts";
import { useConsole, useMay, usePorts, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import type { GlyphName } from "../../app/status.ts";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { State } from "../../ui/glyph.tsx";
import { Choice } from "../../ui/radio.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Table } from "../../ui/table.tsx";
import { useToast } from "../../ui/toast.tsx";

/** As the contract reads a host. */
const hostShape = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;
const glyphs: Record<EgressView["rows"][number]["outcome"], GlyphName> = {
  open: "on",
  done: "done",
  cut: "stopped",
  refused: "off",
  failed: "failed",
  unknown: "unknown",
};
const pageSize = 100;
const rowsMax = 500;

function useTake() {
  const { query } = usePorts();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: query.breaker.egress.key() });
}

function Mode({ view }: { view: EgressView }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const { query } = usePorts();
  const say = useToast();
  const take = useTake();
  const stale = useStale();
  const may = useMay("owner");
  const [picked, setPicked] = useState<EgressView["mode"] | null>(null);
  const chosen = picked ?? view.mode;
  const set = useMutation(
    query.breaker.egress.mode.mutationOptions({
      onSuccess: async () => {
        setPicked(null);
        say(t("autonomy.modeSet"));
        await take();
      },
    }),
  );
  return (
    <>
      <Choice
        legend={t("autonomy.mode")}
        column
        value={chosen}
        onChange={setPicked}
        options={(["isolated", "hybrid"] as const).map((mode) => ({ value: mode, label: words.egressMode[mode], note: words.egressModeMeans[mode] }))}
      />
      {chosen === view.mode ? null : (
        <div className="pt-3">
          <Button variant="main" disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOwner")} onClick={() => set.mutate({ mode: chosen })}>
            {t("ui.save")}
          </Button>
        </div>
      )}
      <FaultNote error={set.error} className="mt-3" />
    </>
  );
}

function Hosts({ view }: { view: EgressView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { query } = usePorts();
  const take = useTake();
  const stale = useStale();
  const mayAdd = useMay("owner");
  const mayRemove = useMay("operator");
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const [host, setHost] = useState("");
  const [tried, setTried] = useState(false);
  const clean = host.trim().toLowerCase();
  const isBad = clean !== "" && !hostShape.test(clean);
  const allow = useMutation(
    query.breaker.egress.allow.mutationOptions({
      onSuccess: async () => {
        setHost("");
        setTried(false);
        await take();
      },
    }),
  );
  const remove = useMutation(query.breaker.egress.disallow.mutationOptions({ onSuccess: take }));
  return (
    <Section title={t("autonomy.hosts")} count={view.hosts.length}>
      {view.hosts.length === 0 ? <EmptyState title={t("autonomy.hostsEmpty")}>{t("autonomy.hostsEmptyWhy")}</EmptyState> : null}
      <ul className="rows">
        {view.hosts.map((one) => (
          <li key={one.host} className="grid-cols-[minmax(0,1fr)_auto]">
            <div>
              <p className="mono">{one.host}</p>
              <p className="text-second text-fg-2">{t("autonomy.hostBy", { by: one.by, when: format.brief(one.at, at) })}</p>
            </div>
            <Button
              variant="quiet"
              aria-label={t("autonomy.hostRemoveThing", { host: one.host })}
              disabledReason={stale ? t("ui.notYet") : mayRemove ? null : t("ui.needsOperator")}
              onClick={() => remove.mutate({ host: one.host })}
            >
              {t("autonomy.hostRemove")}
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="flex flex-wrap items-end gap-2 pt-4"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (clean !== "" && !isBad && mayAdd && !stale) allow.mutate({ host: clean });
        }}
      >
        <Field
          className="min-w-60 flex-1"
          label={t("autonomy.host")}
          help={t("autonomy.hostHelp")}
          error={tried && isBad ? t("autonomy.hostBad") : null}
          value={host}
          spellCheck={false}
          inputClass="mono"
          onChange={(event) => setHost(event.target.value)}
        />
        <span className="self-start pt-[26px]">
          <Button type="submit" size="large" disabledReason={stale ? t("ui.notYet") : mayAdd ? null : t("ui.needsOwner")}>
            {t("autonomy.hostAdd")}
          </Button>
        </span>
      </form>
      <FaultNote error={allow.error ?? remove.error} className="mt-3" />
    </Section>
  );
}

function Ledger({ view, more }: { view: EgressView; more: (() => void) | null }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  return (
    <Section className="mt-8" title={t("autonomy.ledger")} count={t("autonomy.ledgerCount", { size: format.disk(view.bytesOut) })}>
      {view.rows.length === 0 ? (
        <EmptyState title={t("autonomy.ledgerEmpty")}>{t("autonomy.ledgerEmptyWhy")}</EmptyState>
      ) : (
        <Table
          label={t("autonomy.ledger")}
          minWidth={760}
          head={(["when", "host", "who", "by", "out", "in", "outcome"] as const).map((key) => (
            <th key={key} scope="col" className={key === "out" || key === "in" ? "num" : ""}>
              {t(`autonomy.ledgerHead.${key}`)}
            </th>
          ))}
        >
          {view.rows.map((row) => (
            <tr key={row.id}>
              <td className="whitespace-nowrap text-fg-3">{format.when(row.at, at)}</td>
              <td>
                <span className="mono">
                  {row.host}:{row.port}
                </span>
              </td>
              <td>{row.agent}</td>
              <td>{row.approvedBy}</td>
              <td className="num whitespace-nowrap">{format.disk(row.bytesOut)}</td>
              <td className="num whitespace-nowrap">{format.disk(row.bytesIn)}</td>
              <td className="whitespace-nowrap">
                <State glyph={glyphs[row.outcome]}>{words.egressOutcome[row.outcome]}</State>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {more ? (
        <Button variant="quiet" className="mt-2 -ml-2" onClick={more}>
          {t("ui.more")}
        </Button>
      ) : null}
    </Section>
  );
}

/** One way out and one ledger of it. */
export function EgressScreen() {
  const { t } = useTranslation();
  const { query } = usePorts();
  const [limit, setLimit] = useState(pageSize);
  const egress = useQuery(query.breaker.egress.view.queryOptions({ input: { limit }, refetchInterval: 10_000, placeholderData: (before) => before }));
  return (
    <div className="page">
      <p className="mb-2 text-second">
        <Link to="/autonomy" className="link">
          {t("autonomy.back")}
        </Link>
      </p>
      <h1 className="text-title font-strong">{t("autonomy.egressTitle")}</h1>
      <p className="mt-1 mb-6 text-fg-2">{t("autonomy.egressNote")}</p>
      {egress.isPending ? <Skeleton rows={6} label={t("ui.loading")} /> : null}
      <FaultNote error={egress.error} className="mb-6" />
      {egress.data ? (
        <>
          <div className="mb-8 max-w-3xl">
            <Mode view={egress.data} />
          </div>
          <div className="max-w-3xl">
            <Hosts view={egress.data} />
          </div>
          <Ledger view={egress.data} more={egress.data.rows.length >= limit && limit < rowsMax ? () => setLimit(Math.min(rowsMax, limit + pageSize)) : null} />
        </>
      ) : null}
    </div>
  );
}
