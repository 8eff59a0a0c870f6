import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Grant } from "../../../contract/breaker.ts";
import { useConsole, useMay, usePorts, useStale } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";

/** Standing grants, each with a way to take it back. */
export function Grants({ grants }: { grants: readonly Grant[] }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const { query } = usePorts();
  const queries = useQueryClient();
  const say = useToast();
  const stale = useStale();
  const may = useMay("operator");
  const at = useConsole((state) => state.breaker?.at ?? state.rackAt) ?? 0;
  const revoke = useMutation(
    query.breaker.approvals.revoke.mutationOptions({
      onSuccess: (view) => {
        queries.setQueryData(query.breaker.approvals.list.queryKey(), view);
        say(t("approvals.revoked"));
      },
    }),
  );
  return (
    <Section title={t("approvals.grants")} count={grants.length} className="mt-8">
      {grants.length === 0 ? <EmptyState title={t("approvals.grantsNone")}>{t("approvals.grantsNoneWhy")}</EmptyState> : null}
      <ul className="rows">
        {grants.map((grant) => (
          <li key={grant.id} className="grid-cols-[minmax(0,1fr)_auto]">
            <div>
              <p>{grant.value}</p>
              <p className="text-second text-fg-2">
                {t("approvals.grantBy", {
                  act: words.actionClass[grant.class],
                  by: grant.by,
                  when: format.brief(grant.at, at),
                  used: format.count(grant.used),
                })}
              </p>
            </div>
            <Button
              variant="quiet"
              aria-label={t("approvals.revokeThing", { value: grant.value })}
              disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOperator")}
              onClick={() => revoke.mutate({ grantId: grant.id })}
            >
              {t("approvals.revoke")}
            </Button>
          </li>
        ))}
      </ul>
      <FaultNote error={revoke.error} className="mt-4" />
    </Section>
  );
}

/** Asked for by a press only: a page that asks by itself is turned away for good. */
export function Notify() {
  const { t } = useTranslation();
  const { desktop } = usePorts();
  const [permission, setPermission] = useState<NotificationPermission | null>(() => ("Notification" in window ? Notification.permission : null));
  if (desktop || permission === null) return null;
  if (permission !== "default")
    return <p className="mt-4 text-second text-fg-2">{t(permission === "granted" ? "approvals.notifyOn" : "approvals.notifyOff")}</p>;
  return (
    <Button variant="quiet" className="mt-4 -ml-2" onClick={() => void Notification.requestPermission().then(setPermission)}>
      {t("approvals.notify")}
    </Button>
  );
}
