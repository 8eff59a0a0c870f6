import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePorts } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { Choice } from "../../ui/radio.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useToast } from "../../ui/toast.tsx";

const network = "network";
const lowestPort = 1;
const highestPort = 65_535;

/** Makes a button the rack's own. It has to be held meanwhile, so that nobody enrols another one by mistake. */
export function Enrol({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { query } = usePorts();
  const say = useToast();
  const ports = useQuery(query.breaker.button.ports.queryOptions());
  const [chosen, setChosen] = useState<string | null>(null);
  const [host, setHost] = useState("");
  const [port, setPort] = useState("");
  const enrol = useMutation(
    query.breaker.button.enrol.mutationOptions({
      onSuccess: () => {
        say(t("breaker.enrolled"));
        onDone();
      },
    }),
  );
  const found = ports.data?.ports ?? [];
  const value = chosen ?? found[0]?.path ?? network;
  const number = Number(port);
  const isWhole = value !== network || (host.trim() !== "" && Number.isInteger(number) && number >= lowestPort && number <= highestPort);
  const send = () =>
    enrol.mutate({
      source: value === network ? { kind: "udp", path: `${host.trim()}:${port}`, host: host.trim(), port: number } : { kind: "serial", path: value },
    });
  return (
    <form
      className="pt-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) send();
      }}
    >
      {ports.isPending ? (
        <Skeleton rows={1} label={t("ui.loading")} />
      ) : (
        <Choice
          legend={t("breaker.enrolPort")}
          column
          value={value}
          onChange={setChosen}
          options={[
            ...found.map((one) => ({ value: one.path, label: one.path, ...(one.maker === null ? {} : { note: one.maker }) })),
            { value: network, label: t("breaker.enrolUdp"), note: t("breaker.enrolUdpNote") },
          ]}
        />
      )}
      {!ports.isPending && found.length === 0 ? (
        <p className="mt-3 text-second text-fg-2">
          {t("breaker.enrolNoPorts")}{" "}
          <button type="button" className="link min-h-6 underline underline-offset-3" onClick={() => void ports.refetch()}>
            {t("breaker.enrolLook")}
          </button>
        </p>
      ) : null}
      {value === network ? (
        <div className="mt-3 grid grid-cols-[minmax(0,1fr)_112px] gap-3">
          <Field label={t("breaker.enrolHost")} value={host} onChange={(event) => setHost(event.target.value)} spellCheck={false} inputClass="mono" />
          <Field
            label={t("breaker.enrolPortNumber")}
            value={port}
            inputMode="numeric"
            onChange={(event) => setPort(event.target.value.replace(/\D/g, "").slice(0, 5))}
          />
        </div>
      ) : null}
      <p className="mt-4 max-w-xl">{t("breaker.enrolHold")}</p>
      <FaultNote error={ports.error ?? enrol.error} className="mt-3" />
      <div className="mt-3 flex flex-wrap gap-2">
        <Button type="submit" variant="main" size="large" disabledReason={isWhole ? null : t("approvals.writeFirst")}>
          {t("breaker.enrolHoldDo")}
        </Button>
        <Button size="large" onClick={onDone}>
          {t("ui.cancel")}
        </Button>
      </div>
    </form>
  );
}
