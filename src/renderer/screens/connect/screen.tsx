import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Found } from "../../../contract/rack.ts";
import { useConsole, usePorts } from "../../app/console.tsx";
import { FoundList } from "./found-list.tsx";
import { Pair } from "./pair.tsx";
import { Outcome, type Paired } from "./outcome.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";

/** Whether this screen adds a node to a rack, or joins a rack from a desktop that has none. */
export type Purpose = "add" | "join";

/** What was picked: an address, and the name it announced, if any. */
export interface Picked {
  address: string;
  name: string | null;
}

const addressOf = (found: Found): string | null => {
  const [first] = found.addresses;
  if (first === undefined) return null;
  return first.includes(":") ? `[${first}]:${found.port}` : `${first}:${found.port}`;
};

/** Connecting without typing an address. */
export function ConnectScreen() {
  const { t } = useTranslation();
  const { query } = usePorts();
  const purpose: Purpose = useConsole((state) => (state.link.kind === "no-rack" ? "join" : "add"));
  const [picked, setPicked] = useState<Picked | null>(null);
  const [paired, setPaired] = useState<Paired | null>(null);
  const found = useQuery(query.rack.found.queryOptions({ refetchInterval: 2000 }));
  const foreign = (found.data?.found ?? []).filter((one) => !one.member);
  const members = (found.data?.found.length ?? 0) - foreign.length;
  const name = picked?.name ?? picked?.address ?? "";
  const title =
    picked === null
      ? t(purpose === "add" ? "connect.titleAdd" : "connect.titleJoin")
      : t(purpose === "add" ? "connect.titleAddCode" : "connect.titleJoinCode", { name });

  if (paired) {
    return (
      <div className="page">
        <Outcome
          paired={paired}
          again={() => {
            setPaired(null);
            setPicked(null);
          }}
        />
      </div>
    );
  }
  return (
    <div className="page">
      <div className="mb-6">
        <h1 className="text-title font-strong">{title}</h1>
        <p className="mt-1 text-fg-2">{foreign.length === 0 ? t("connect.leadNone") : t("connect.lead", { count: foreign.length })}</p>
      </div>
      <div className="grid items-start gap-x-14 gap-y-8 grid-cols-[minmax(0,1fr)] mid:grid-cols-[336px_minmax(0,1fr)] mid:max-full:grid-cols-[280px_minmax(0,1fr)] mid:max-full:gap-x-8">
        <FoundList
          found={foreign}
          members={purpose === "add" ? members : 0}
          state={found.data?.state ?? null}
          error={found.error}
          receivedAt={found.dataUpdatedAt}
          purpose={purpose}
          picked={picked}
          isSearching={found.isFetching}
          search={() => void found.refetch()}
          pick={setPicked}
          addressOf={addressOf}
        />
        {picked ? (
          <Pair key={picked.address} picked={picked} purpose={purpose} done={setPaired} />
        ) : (
          <Section title={t("connect.stepCode")}>
            <EmptyState title={t("connect.pickFirst")}>{t("connect.pickFirstWhy")}</EmptyState>
          </Section>
        )}
      </div>
    </div>
  );
}
