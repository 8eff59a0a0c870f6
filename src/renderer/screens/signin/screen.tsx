import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AosdIdentity } from "../../../contract/access.ts";
import { useConsole, usePorts } from "../../app/console.tsx";
import { startSession, type SessionStarted } from "../../app/session.ts";
import { Button } from "../../ui/button.tsx";
import { Copyable } from "../../ui/copyable.tsx";
import { FaultNote, useTellFault } from "../../ui/fault-note.tsx";
import { CodeField, Field } from "../../ui/field.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { RecoveryKey } from "../../ui/recovery-key.tsx";
import { Section } from "../../ui/section.tsx";

/** The router reads a token of digits as a number. */
const tokenOf = (search: { token?: unknown }): string | undefined =>
  typeof search.token === "string" || typeof search.token === "number" ? String(search.token) : undefined;

const command = "aos pair open";

function Identity({ aosd }: { aosd: AosdIdentity }) {
  const { t } = useTranslation();
  return (
    <Section title={t("signin.identity")}>
      <dl className="grid grid-cols-[88px_minmax(0,1fr)] gap-x-4 gap-y-2 pt-3 text-small">
        <dt className="text-fg-2">{t("signin.name")}</dt>
        <dd>{aosd.name}</dd>
        <dt className="text-fg-2">{t("signin.fingerprint")}</dt>
        <dd>
          <Copyable text={aosd.fingerprint} name={t("signin.fingerprint")} />
          <span className="block text-second text-fg-2">{t("signin.fingerprintNote")}</span>
        </dd>
        <dt className="text-fg-2">{t("signin.serial")}</dt>
        <dd className="mono">{aosd.serial}</dd>
      </dl>
      <p className="mt-6 text-second text-fg-2">
        {t("signin.trust")}{" "}
        <Link to="/trust" className="link">
          {t("signin.trustLink")}
        </Link>
      </p>
    </Section>
  );
}

/** Entering by a one-time link (`#/enter?token=…`) or by the code that the node shows. */
export function SignInScreen() {
  const { t } = useTranslation();
  const { relink, query } = usePorts();
  const navigate = useNavigate();
  const tell = useTellFault();
  // From the address itself, not from the route that is still on screen: on the way out that one would spend the link again.
  const token = useRouterState({ select: ({ location }) => (location.pathname === "/enter" ? tokenOf(location.search) : undefined) });
  const aosd = useConsole((state) => state.me?.aosd ?? null);
  const [code, setCode] = useState("");
  const [deviceName, setDeviceName] = useState<string>(t("signin.deviceDefault"));
  // Asked of the daemon, not remembered here: signing in dials anew, which draws this screen from its beginning, and so does a reload.
  const standing = useQuery(
    query.rack.snapshot.queryOptions({
      retry: false,
      staleTime: 0,
      gcTime: 0,
      // A device that is turned away while it waits must not wait for ever.
      refetchInterval: ({ state }) => (tell(state.error).code === "access.awaiting-admission" ? 5000 : false),
    }),
  );
  const waiting = standing.error !== null && tell(standing.error).code === "access.awaiting-admission";
  const [recoveryKey, setRecoveryKey] = useState<string | null>(null);

  const goOn = (started: Pick<SessionStarted, "state">) => {
    relink();
    if (started.state === "waiting") void standing.refetch();
    else void navigate({ to: "/", replace: true });
  };
  const enter = useMutation({
    mutationFn: startSession,
    onSuccess: (started) => (started.recoveryKey === null ? goOn(started) : setRecoveryKey(started.recoveryKey)),
  });
  // A one-time link must be spent once, also where React runs effects twice.
  const spent = useRef<string | null>(null);
  const { mutate } = enter;
  useEffect(() => {
    if (token === undefined || spent.current === token) return;
    spent.current = token;
    mutate({ token, deviceName });
  }, [token, mutate, deviceName]);

  if (recoveryKey !== null) {
    return (
      <div className="page">
        <RecoveryKey value={recoveryKey} onKept={() => goOn({ state: "admitted" })} />
      </div>
    );
  }
  if (waiting) {
    return (
      <div className="page" role="status">
        <h1 className="flex items-center gap-3 text-title font-strong">
          <Glyph name="ready" size={16} />
          {t("signin.waiting")}
        </h1>
        <p className="mt-1 text-fg-2">{t("signin.waitingWhy")}</p>
      </div>
    );
  }
  if (enter.isPending && token !== undefined) {
    return (
      <div className="page" role="status">
        <h1 className="text-title font-strong">{t("signin.entering")}</h1>
        <p className="mt-1 text-fg-2">{t("signin.enteringNote")}</p>
      </div>
    );
  }
  const wrong = enter.error ? tell(enter.error).code === "access.code-wrong" : false;
  return (
    <div className="page">
      <h1 className="text-title font-strong">{t("signin.title", { name: aosd?.rackName ?? aosd?.name ?? t("shell.product") })}</h1>
      <p className="mt-1 mb-6 text-fg-2">{t("signin.lead")}</p>
      <div className="grid items-start gap-x-14 gap-y-8 mid:grid-cols-[minmax(0,1fr)_336px]">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (code.length === 8) enter.mutate({ code, deviceName });
          }}
        >
          {aosd?.claimed === false ? <p className="mb-5 border-l-3 border-line-2 py-0.5 pl-4">{t("signin.unclaimed")}</p> : null}
          <p className="mb-2 font-strong" aria-hidden="true">
            {t("signin.code")}
          </p>
          <div className="flex flex-wrap items-center gap-3">
            <CodeField label={t("signin.code")} value={code} onChange={setCode} invalid={wrong} help={t("signin.codeHelp", { command: "aos pair code" })} />
            <Button
              type="submit"
              variant="main"
              size="large"
              className="min-h-14 px-6 max-mid:w-full"
              disabledReason={code.length === 8 ? null : t("connect.codeShort")}
            >
              {t("signin.enter")}
            </Button>
          </div>
          <Field
            className="mt-6 max-w-80"
            label={t("signin.deviceName")}
            help={t("signin.deviceNameHelp")}
            value={deviceName}
            maxLength={60}
            required
            onChange={(event) => setDeviceName(event.target.value)}
          />
          {aosd?.pairing === "closed" ? <p className="mt-4 text-second text-fg-2">{t("signin.windowShut", { command })}</p> : null}
          <FaultNote error={enter.error} className="mt-6" />
        </form>
        {aosd ? <Identity aosd={aosd} /> : null}
      </div>
    </div>
  );
}
