import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BreakerView } from "../../../contract/breaker.ts";
import { useBreakerStale, useMay, usePorts } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Field } from "../../ui/field.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { useToast } from "../../ui/toast.tsx";

const most = 4;

/** Whom the button screen tells people to call. */
export function Contacts({ view }: { view: BreakerView }) {
  const { t } = useTranslation();
  const { query, store, clock } = usePorts();
  const say = useToast();
  const stale = useBreakerStale();
  const may = useMay("owner");
  const [adding, setAdding] = useState(false);
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const save = useMutation(
    query.breaker.contacts.mutationOptions({
      onSuccess: (next) => {
        store.setState({ breaker: next, breakerAt: clock.now() });
        say(t("ui.saved"));
        setAdding(false);
        setName("");
        setPhone("");
      },
    }),
  );
  const isWhole = name.trim() !== "" && phone.trim().length >= 3;
  const canChange = may && !stale;
  return (
    <Section title={t("breaker.contacts")}>
      {view.contacts.length === 0 ? <EmptyState title={t("breaker.contactsNone")}>{t("breaker.contactsNoneWhy")}</EmptyState> : null}
      <ul className="rows">
        {view.contacts.map((contact) => (
          <li key={`${contact.name} ${contact.phone}`} className="grid-cols-[minmax(0,1fr)_auto_auto]">
            <span>{contact.name}</span>
            <span>{contact.phone}</span>
            {canChange ? (
              <Button
                variant="quiet"
                aria-label={t("breaker.contactRemove", { name: contact.name })}
                onClick={() => save.mutate({ contacts: view.contacts.filter((one) => one !== contact) })}
              >
                {t("ui.remove")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {adding ? (
        <form
          className="grid grid-cols-2 gap-3 pt-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (isWhole) save.mutate({ contacts: [...view.contacts, { name: name.trim(), phone: phone.trim() }] });
          }}
        >
          <Field label={t("breaker.contactName")} value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
          <Field label={t("breaker.contactPhone")} value={phone} type="tel" maxLength={40} onChange={(event) => setPhone(event.target.value)} />
          <div className="col-span-2 flex flex-wrap gap-2">
            <Button type="submit" variant="main" disabledReason={isWhole ? null : t("approvals.writeFirst")}>
              {t("ui.save")}
            </Button>
            <Button onClick={() => setAdding(false)}>{t("ui.cancel")}</Button>
          </div>
        </form>
      ) : (
        <div className="pt-3">
          <Button
            disabledReason={stale ? t("ui.notYet") : !may ? t("ui.needsOwner") : view.contacts.length >= most ? t("approvals.atMost", { count: most }) : null}
            onClick={() => setAdding(true)}
          >
            {t("breaker.contactAdd")}
          </Button>
        </div>
      )}
      <FaultNote error={save.error} className="mt-4" />
    </Section>
  );
}
