import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Device, Person } from "../../../contract/access.ts";
import { useConsole, useMay, usePorts } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { State } from "../../ui/glyph.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Table } from "../../ui/table.tsx";
import { useToast } from "../../ui/toast.tsx";
import { AdmitDialog } from "./admit.tsx";
import { EditDialog } from "./edit.tsx";
import { rowsOf, type Row } from "./rows.ts";

interface Props {
  data: { people: readonly Person[]; devices: readonly Device[] } | undefined;
  error: unknown;
  isPending: boolean;
}

type Asked = { act: "admit"; device: Device } | { act: "revoke"; device: Device } | { act: "edit"; person: Person } | { act: "remove"; person: Person } | null;

function LastSeen({ device }: { device: Device | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!device) return t("settings.never");
  if (device.self) return t("settings.now");
  return device.lastSeenAgeMs === null ? t("settings.never") : format.ago(device.lastSeenAgeMs);
}

function Until({ person }: { person: Person | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rackAt = useConsole((state) => state.rackAt);
  if (!person || person.expiresAt === null) return <>{t("settings.forever")}</>;
  const left = rackAt === null ? null : person.expiresAt - rackAt;
  return (
    <>
      {format.day(person.expiresAt)}
      {left === null ? null : <small>{left <= 0 ? t("settings.ended") : t("settings.left", { duration: format.duration(left) })}</small>}
    </>
  );
}

function PersonRow({ row, ask, may }: { row: Row; ask: (asked: Asked) => void; may: boolean }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const { person, device } = row;
  const role = person?.role ?? device?.role ?? "viewer";
  const name = person?.name ?? device?.personName ?? t("settings.unnamed");
  const waits = device?.state === "waiting";
  return (
    <tr>
      <th scope="row">
        {name}
        <small>
          {device ? [device.name, device.self ? t("settings.thisDevice") : null].filter((part) => part !== null).join(" · ") : t("settings.noDevice")}
        </small>
      </th>
      <td>
        {waits ? <State glyph="attention">{t("settings.waiting")}</State> : words.personRole[role]}
        <small>{waits ? words.personRole[role] : words.personRoleMeans[role]}</small>
      </td>
      <td className="whitespace-nowrap">
        <LastSeen device={device} />
      </td>
      <td className="whitespace-nowrap">
        <Until person={person} />
      </td>
      <td className="num whitespace-nowrap">
        {may && person && !waits ? (
          <>
            <Button variant="quiet" aria-label={`${t("settings.edit")}: ${person.name}`} onClick={() => ask({ act: "edit", person })}>
              {t("settings.edit")}
            </Button>{" "}
          </>
        ) : null}
        {!may || device?.self === true ? null : waits ? (
          <>
            <Button aria-label={`${t("settings.admit")}: ${device.name}`} onClick={() => ask({ act: "admit", device })}>
              {t("settings.admit")}
            </Button>{" "}
            <Button variant="quiet" aria-label={`${t("settings.refuse")}: ${device.name}`} onClick={() => ask({ act: "revoke", device })}>
              {t("settings.refuse")}
            </Button>
          </>
        ) : device ? (
          <Button variant="quiet" aria-label={`${t("settings.revoke")}: ${device.name}`} onClick={() => ask({ act: "revoke", device })}>
            {t("settings.revoke")}
          </Button>
        ) : person ? (
          <Button variant="quiet" aria-label={`${t("settings.removePerson")}: ${person.name}`} onClick={() => ask({ act: "remove", person })}>
            {t("settings.removePerson")}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

function Confirm({ asked, close }: { asked: Extract<Asked, { act: "revoke" | "remove" }>; close: () => void }) {
  const { t } = useTranslation();
  const { client, query } = usePorts();
  const queries = useQueryClient();
  const say = useToast();
  const name = asked.act === "remove" ? asked.person.name : asked.device.name;
  const act = useMutation({
    mutationFn: async () => {
      if (asked.act === "remove") await client.access.person.remove({ id: asked.person.id });
      else await client.access.device.revoke({ id: asked.device.id });
    },
    onSuccess: async () => {
      say(t(asked.act === "remove" ? "settings.removed" : "settings.revoked", { name }));
      close();
      await queries.invalidateQueries({ queryKey: query.access.person.key() });
    },
  });
  return (
    <Dialog open onClose={close} title={t(asked.act === "remove" ? "settings.removeTitle" : "settings.revokeTitle", { name })}>
      <p className="text-fg-2">{t(asked.act === "remove" ? "settings.removeBody" : "settings.revokeBody")}</p>
      <FaultNote error={act.error} className="mt-4" />
      <div className="mt-6 flex gap-2">
        <Button variant="main" onClick={() => act.mutate()}>
          {t(asked.act === "remove" ? "settings.removePerson" : "settings.revoke")}
        </Button>
        <Button onClick={close}>{t("ui.cancel")}</Button>
      </div>
    </Dialog>
  );
}

/** People and their devices: who, as what, last seen, until when. */
export function PeopleTable({ data, error, isPending }: Props) {
  const { t } = useTranslation();
  const may = useMay("owner");
  const [asked, setAsked] = useState<Asked>(null);
  const rows = data ? rowsOf(data.people, data.devices) : [];
  const close = () => setAsked(null);
  return (
    <Section title={t("settings.people")} count={rows.length}>
      <FaultNote error={error} className="mt-4" />
      {isPending && error === null ? <Skeleton rows={3} label={t("ui.loading")} /> : null}
      {data ? (
        <Table
          label={t("settings.people")}
          minWidth={620}
          head={
            <>
              <th scope="col" className="w-1/4">
                {t("settings.who")}
              </th>
              <th scope="col">{t("settings.role")}</th>
              <th scope="col">{t("settings.last")}</th>
              <th scope="col">{t("settings.until")}</th>
              <th scope="col">
                <span className="sr-only">{t("settings.acts")}</span>
              </th>
            </>
          }
        >
          {rows.map((row) => (
            <PersonRow key={row.key} row={row} ask={setAsked} may={may} />
          ))}
        </Table>
      ) : null}
      {asked === null ? null : asked.act === "admit" ? (
        <AdmitDialog device={asked.device} onClose={close} />
      ) : asked.act === "edit" ? (
        <EditDialog person={asked.person} onClose={close} />
      ) : (
        <Confirm asked={asked} close={close} />
      )}
    </Section>
  );
}
