import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, usePorts } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { FaultNote, useTellFault } from "../../ui/fault-note.tsx";
import { CodeField, codeShown, Field } from "../../ui/field.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { rolesText } from "../../ui/states.ts";
import type { Paired } from "./outcome.tsx";
import type { Picked, Purpose } from "./screen.tsx";

const triesInAll = 5;

/** One code that was not right: how many tries are left, and why that happens. */
function WrongCode({ code, triesLeft }: { code: string; triesLeft: number }) {
  const { t } = useTranslation();
  const used = Math.max(0, triesInAll - triesLeft);
  const rows: [string, string][] = [
    [t("connect.why"), t("connect.whyText")],
    [t("connect.five"), t("connect.fiveText")],
    [t("connect.notMe"), t("connect.notMeText")],
  ];
  return (
    <div role="alert" className="mt-6 border-l-3 border-stop-mark py-0.5 pl-5">
      <p className="flex flex-wrap justify-between gap-x-6 gap-y-1 font-strong">
        <span>{t("connect.wrong", { code: codeShown(code) })}</span>
        <span className="inline-flex items-center gap-1.5 text-second leading-6 font-regular text-fg-2">
          {Array.from({ length: triesInAll }, (_, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- tries have no identity
            <Glyph key={index} name={index < used ? "failed" : "off"} className={index < used ? "text-stop-mark" : ""} />
          ))}
          {t("connect.triesLeft", { count: triesLeft })}
        </span>
      </p>
      <dl className="mt-1">
        {rows.map(([name, text]) => (
          <div key={name} className="grid grid-cols-[112px_minmax(0,1fr)] gap-x-4 py-0.5 max-mid:grid-cols-1">
            <dt className="text-fg-2">{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Name, role, serial and fingerprint first; only then the code. */
export function Pair({ picked, purpose, done }: { picked: Picked; purpose: Purpose; done: (paired: Paired) => void }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const { query, client } = usePorts();
  const may = useMay(purpose === "add" ? "operator" : "owner", ["installer"]);
  const tell = useTellFault();
  const [code, setCode] = useState("");
  const [tried, setTried] = useState("");
  const [deviceName, setDeviceName] = useState<string>(t("connect.deviceNameDefault"));
  const probe = useQuery(query.access.probe.queryOptions({ input: { address: picked.address }, retry: false, refetchInterval: 5000 }));
  const pair = useMutation({
    mutationFn: async (digits: string): Promise<Paired> => {
      setTried(digits);
      if (purpose === "add") return { kind: "added", ...(await client.rack.node.add({ address: picked.address, code: digits })) };
      return { kind: "joined", ...(await client.access.join({ address: picked.address, code: digits, deviceName })) };
    },
    onSuccess: done,
  });
  if (probe.isPending) {
    return (
      <Section title={picked.name ?? picked.address}>
        <p className="pt-3 text-fg-2">{t("connect.probing")}</p>
        <Skeleton rows={3} label={t("ui.loading")} />
      </Section>
    );
  }
  if (!probe.data) {
    return (
      <Section title={picked.name ?? picked.address}>
        <FaultNote error={probe.error} className="mt-4" />
        <div className="mt-4">
          <Button onClick={() => void probe.refetch()}>{t("connect.again")}</Button>
        </div>
      </Section>
    );
  }
  const { identity, address, port } = probe.data;
  const told = pair.error ? tell(pair.error) : null;
  const triesLeft = told?.code === "access.code-wrong" ? told.params["triesLeft"] : undefined;
  const reason = !may ? t(purpose === "add" ? "ui.needsOperator" : "ui.needsOwner") : pair.isPending ? t("connect.working") : null;
  return (
    <Section title={[identity.rackName, identity.name].filter((part) => part !== null).join(" · ")} more={words.pairing[identity.pairing]}>
      <dl className="mt-4 grid grid-cols-[104px_minmax(0,1fr)] gap-x-6 gap-y-2">
        <dt className="text-fg-2">{t("connect.fingerprint")}</dt>
        <dd>
          <Copyable text={identity.fingerprint} name={t("connect.fingerprint")} />
          <span className="block text-second text-fg-2">{t("connect.fingerprintNote")}</span>
        </dd>
        <dt className="text-fg-2">{t("connect.address")}</dt>
        <dd className="mono">{`${address}:${port}`}</dd>
        <dt className="text-fg-2">{t("connect.serial")}</dt>
        <dd className="mono">{identity.serial}</dd>
        <dt className="text-fg-2">{t("connect.roles")}</dt>
        <dd>{rolesText(identity.roles, words)}</dd>
        <dt className="text-fg-2">{t("connect.version")}</dt>
        <dd>{identity.version}</dd>
      </dl>
      <form
        className="mt-7 border-t border-line-2 pt-6"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason === null && code.length === 8) pair.mutate(code);
        }}
      >
        {purpose === "join" ? (
          <Field
            className="mb-5 max-w-80"
            label={t("connect.deviceName")}
            value={deviceName}
            maxLength={60}
            required
            onChange={(event) => setDeviceName(event.target.value)}
          />
        ) : null}
        <p className="mb-2 font-strong" aria-hidden="true">
          {t("connect.code")}
        </p>
        <div className="flex flex-wrap items-center gap-3">
          <CodeField
            label={t("connect.code")}
            value={code}
            onChange={setCode}
            invalid={triesLeft !== undefined && code === tried}
            help={t("connect.codeHelp", { name: identity.name, command: "aos pair code" })}
          />
          <Button
            type="submit"
            variant="main"
            size="large"
            className="min-h-14 px-6 max-mid:w-full"
            disabledReason={reason ?? (code.length === 8 ? null : t("connect.codeShort"))}
          >
            {t(purpose === "add" ? "connect.doAdd" : "connect.doJoin")}
          </Button>
        </div>
        {identity.pairing === "closed" ? <p className="mt-4 text-second text-fg-2">{t("connect.windowShut")}</p> : null}
        {typeof triesLeft === "number" ? <WrongCode code={tried} triesLeft={triesLeft} /> : told ? <FaultNote error={pair.error} className="mt-6" /> : null}
      </form>
    </Section>
  );
}
