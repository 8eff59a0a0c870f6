import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SecretView } from "../../../contract/breaker.ts";
import { useConsole, useMay, usePorts, useStale } from "../../app/console.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Table } from "../../ui/table.tsx";
import { useToast } from "../../ui/toast.tsx";

/** As the contract reads a handle. */
const handleShape = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const hostsOf = (text: string) =>
  text
    .split(/[\s,]+/)
    .map((host) => host.toLowerCase())
    .filter((host) => host !== "");

function useTake() {
  const { query } = usePorts();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: query.breaker.secrets.key() });
}

function Row({ secret, canChange }: { secret: SecretView; canChange: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { query } = usePorts();
  const say = useToast();
  const take = useTake();
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const [asking, setAsking] = useState(false);
  const { handle } = secret;
  const remove = useMutation(
    query.breaker.secrets.remove.mutationOptions({
      onSuccess: async () => {
        setAsking(false);
        say(t("autonomy.secretRemoved"));
        await take();
      },
    }),
  );
  return (
    <tr>
      <th scope="row">
        <span className="mono">{handle}</span>
        {secret.note === "" ? null : <small>{secret.note}</small>}
      </th>
      <td className="mono">{secret.hosts.length === 0 ? <span className="font-sans">{t("autonomy.secretHosts")}</span> : secret.hosts.join(", ")}</td>
      <td className="whitespace-nowrap">{secret.usedAt === null ? t("autonomy.secretNever") : format.brief(secret.usedAt, at)}</td>
      <td className="num">
        {canChange ? (
          <Button variant="quiet" aria-label={t("autonomy.secretRemove", { handle })} onClick={() => setAsking(true)}>
            {t("ui.remove")}
          </Button>
        ) : null}
        <Dialog
          open={asking}
          onClose={() => setAsking(false)}
          title={t("autonomy.secretRemoveTitle", { handle })}
          actions={
            <>
              <Button variant="main" onClick={() => remove.mutate({ handle })}>
                {t("ui.remove")}
              </Button>
              <Button onClick={() => setAsking(false)}>{t("ui.cancel")}</Button>
            </>
          }
        >
          <p className="text-fg-2">{t("autonomy.secretRemoveBody")}</p>
          <FaultNote error={remove.error} className="mt-4" />
        </Dialog>
      </td>
    </tr>
  );
}

/** A value goes in and never comes out: the field is emptied before the answer is read. */
function Add({ off }: { off: string | null }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const say = useToast();
  const take = useTake();
  const [handle, setHandle] = useState("");
  const [value, setValue] = useState("");
  const [hosts, setHosts] = useState("");
  const [note, setNote] = useState("");
  const isBad = handle !== "" && !handleShape.test(handle);
  const isWhole = handle !== "" && !isBad && value !== "";
  const set = useMutation(
    query.breaker.secrets.set.mutationOptions({
      onSuccess: async () => {
        setHandle("");
        setHosts("");
        setNote("");
        say(t("autonomy.secretSaved"));
        await take();
      },
    }),
  );
  return (
    <Section title={t("autonomy.secretAdd")}>
      <form
        className="grid grid-cols-2 gap-x-6 gap-y-4 pt-4 max-mid:grid-cols-1"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWhole || off !== null) return;
          set.mutate({ handle, value, hosts: hostsOf(hosts), note: note.trim() });
          setValue("");
        }}
      >
        <Field
          label={t("autonomy.secretHandle")}
          help={t("autonomy.secretHandleHelp")}
          error={isBad ? t("autonomy.secretHandleHelp") : null}
          value={handle}
          maxLength={63}
          spellCheck={false}
          inputClass="mono"
          onChange={(event) => setHandle(event.target.value)}
        />
        <Field
          label={t("autonomy.secretValue")}
          help={t("autonomy.secretValueHelp")}
          type="password"
          autoComplete="new-password"
          value={value}
          spellCheck={false}
          onChange={(event) => setValue(event.target.value)}
        />
        <Field
          label={t("autonomy.secretHostsLabel")}
          help={t("autonomy.secretHostsHelp")}
          value={hosts}
          spellCheck={false}
          inputClass="mono"
          onChange={(event) => setHosts(event.target.value)}
        />
        <Field label={t("autonomy.secretNoteLabel")} value={note} maxLength={200} onChange={(event) => setNote(event.target.value)} />
        <div className="col-span-full">
          <FaultNote error={set.error} className="mb-4" />
          <Button type="submit" variant="main" disabledReason={off ?? (isWhole ? null : t("approvals.writeFirst"))}>
            {t("autonomy.secretSave")}
          </Button>
        </div>
      </form>
    </Section>
  );
}

/** Handles of stored secrets: names, places, and nothing of their values. */
export function SecretsScreen() {
  const { t } = useTranslation();
  const { query } = usePorts();
  const stale = useStale();
  const may = useMay("owner");
  const vault = useQuery(query.breaker.secrets.list.queryOptions({ enabled: may }));
  const isLocked = vault.data?.state === "locked";
  const off = stale ? t("ui.notYet") : !may ? t("ui.needsOwner") : isLocked ? t("autonomy.vaultLocked") : null;
  return (
    <div className="page">
      <p className="mb-2 text-second">
        <Link to="/autonomy" className="link">
          {t("autonomy.back")}
        </Link>
      </p>
      <h1 className="text-title font-strong">{t("autonomy.secretsTitle")}</h1>
      <p className="mt-1 mb-6 text-fg-2">{t("autonomy.secretsNote")}</p>
      {isLocked ? (
        <div className="mb-6 flex gap-3.5 border-l-3 border-attention-mark py-0.5 pl-4">
          <Glyph name="attention" className="mt-1.5 text-attention-mark" />
          <div>
            <p className="font-strong">{t("autonomy.vaultLocked")}</p>
            <p className="text-second text-fg-2">{t("autonomy.vaultLockedWhy", { problem: vault.data?.problem ?? "" })}</p>
          </div>
        </div>
      ) : null}
      <Section title={t("autonomy.vault")} count={vault.data?.secrets.length} className="mb-8">
        {vault.isPending && may ? <Skeleton rows={3} label={t("ui.loading")} /> : null}
        {may ? null : <EmptyState title={t("ui.needsOwner")} />}
        <FaultNote error={vault.error} className="mt-4" />
        {vault.data?.secrets.length === 0 ? <EmptyState title={t("autonomy.vaultEmpty")}>{t("autonomy.vaultEmptyWhy")}</EmptyState> : null}
        {vault.data && vault.data.secrets.length > 0 ? (
          <Table
            label={t("autonomy.vault")}
            minWidth={560}
            head={
              <>
                <th scope="col">{t("autonomy.secretHead.handle")}</th>
                <th scope="col">{t("autonomy.secretHead.hosts")}</th>
                <th scope="col">{t("autonomy.secretHead.used")}</th>
                <th scope="col">
                  <span className="sr-only">{t("ui.remove")}</span>
                </th>
              </>
            }
          >
            {vault.data.secrets.map((secret) => (
              <Row key={secret.handle} secret={secret} canChange={off === null} />
            ))}
          </Table>
        ) : null}
      </Section>
      <Add off={off} />
    </div>
  );
}
