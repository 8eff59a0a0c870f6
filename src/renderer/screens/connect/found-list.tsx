import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DiscoveryState, Found } from "../../../contract/rack.ts";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { State } from "../../ui/glyph.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { rolesText } from "../../ui/states.ts";
import type { Picked, Purpose } from "./screen.tsx";

interface Props {
  found: readonly Found[];
  members: number;
  state: DiscoveryState["state"] | null;
  error: unknown;
  receivedAt: number;
  purpose: Purpose;
  picked: Picked | null;
  isSearching: boolean;
  search: () => void;
  pick: (picked: Picked) => void;
  addressOf: (found: Found) => string | null;
}

/** An announcement older than this may be of something that is gone. */
const quietMs = 10_000;

function FoundRow({
  found,
  purpose,
  address,
  current,
  pick,
}: {
  found: Found;
  purpose: Purpose;
  address: string;
  current: boolean;
  pick: (picked: Picked) => void;
}) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const name = purpose === "join" ? (found.rackName ?? found.name) : found.name;
  const isQuiet = found.seenAgeMs > quietMs;
  return (
    <li className="border-b border-line">
      <button
        type="button"
        aria-pressed={current}
        onClick={() => pick({ address, name })}
        className="-mx-4 grid w-[calc(100%+32px)] grid-cols-[minmax(0,1fr)_auto] gap-x-3 px-4 py-3 text-left hover:bg-hover aria-pressed:bg-accent-wash aria-pressed:shadow-[inset_3px_0_0_var(--accent)]"
      >
        <span className="font-strong">{name}</span>
        <span className="text-second leading-6">
          <State glyph={isQuiet ? "unknown" : found.pairing === "open" ? "on" : "off"}>{isQuiet ? t("connect.silent") : words.pairing[found.pairing]}</State>
        </span>
        <span className="col-span-2 text-second text-fg-2">
          {[purpose === "join" ? found.name : null, rolesText(found.roles, words), isQuiet ? t("connect.seen", { age: format.ago(found.seenAgeMs) }) : null]
            .filter((part) => part !== null && part !== "")
            .join(" · ")}
        </span>
        <span className="mono text-mark leading-5 text-fg-2">{address}</span>
        <span className="mono text-mark leading-5 text-fg-2">{found.fp}</span>
      </button>
    </li>
  );
}

/** What announced itself on this network, and the way round it: an address. */
export function FoundList({ found, members, state, error, purpose, picked, isSearching, search, pick, addressOf }: Props) {
  const { t } = useTranslation();
  const [address, setAddress] = useState("");
  const note = state === "blocked" ? t("connect.blocked") : state === "off" ? t("connect.off") : t("connect.foundNote");
  return (
    <div className="min-w-0">
      <Section
        title={t("connect.found")}
        count={found.length}
        more={
          <button type="button" className="link min-h-6" onClick={search} aria-busy={isSearching}>
            {t("connect.again")}
          </button>
        }
      >
        {found.length === 0 ? <EmptyState title={t("connect.foundNone")}>{t("connect.foundNoneWhy")}</EmptyState> : null}
        <ul>
          {found.map((one) => {
            const at = addressOf(one);
            return at === null ? null : <FoundRow key={one.id} found={one} purpose={purpose} address={at} current={picked?.address === at} pick={pick} />;
          })}
        </ul>
        <FaultNote error={error} className="mt-4" />
        <p className="mt-3 text-second text-fg-2">{note}</p>
        {members > 0 ? <p className="text-second text-fg-2">{t("connect.members", { count: members })}</p> : null}
      </Section>
      <form
        className="mt-8"
        onSubmit={(event) => {
          event.preventDefault();
          const typed = address.trim();
          if (typed !== "") pick({ address: typed, name: null });
        }}
      >
        <Field
          label={<span className="text-body font-strong text-fg">{t("connect.byAddress")}</span>}
          help={t("connect.addressHelp")}
          inputMode="url"
          placeholder={t("connect.addressPlaceholder")}
          maxLength={255}
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          spellCheck={false}
          autoCapitalize="none"
        />
        <div className="mt-3">
          <Button type="submit">{t("connect.byAddressDo")}</Button>
        </div>
      </form>
    </div>
  );
}
