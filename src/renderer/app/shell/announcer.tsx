import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useConsole } from "../console.tsx";
import { useBreakerSentence } from "./breaker-sentence.ts";

/** True once the person has allowed this browser to notify. */
const mayNotify = () => "Notification" in window && Notification.permission === "granted";

/** Says a stop at once, and a new approval when the voice is free; where the page is hidden, by a notification. */
export function Announcer({ stopOnly = false }: { stopOnly?: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const told = useBreakerSentence();
  const breaker = useConsole((state) => state.breaker);
  const [said, setSaid] = useState({ stop: "", approval: "" });
  const before = useRef<{ state: string; pending: number } | null>(null);
  const state = breaker?.state;
  const pending = breaker?.pending ?? 0;
  useEffect(() => {
    const last = before.current;
    if (!breaker || state === undefined) return;
    before.current = { state, pending };
    // What stood so when the page was opened is on the page; only a change is news.
    if (last === null) return;
    if (state === "stopped" && last.state !== "stopped") setSaid((now) => ({ ...now, stop: told(breaker) }));
    if (state !== "stopped" && last.state === "stopped") setSaid((now) => ({ ...now, stop: "" }));
    if (stopOnly || pending === last.pending) return;
    const text = pending > last.pending ? t("approvals.arrived", { count: pending }) : "";
    setSaid((now) => ({ ...now, approval: text }));
    if (text === "" || !document.hidden || !mayNotify()) return;
    const note = new Notification(t("approvals.noteTitle"), { body: text, tag: "aos-approvals" });
    note.addEventListener("click", () => {
      window.focus();
      void navigate({ to: "/approvals" });
    });
  }, [breaker, state, pending, told, t, navigate, stopOnly]);
  return (
    <>
      <div role="alert" aria-live="assertive" data-testid="said-stop" className="sr-only">
        {said.stop}
      </div>
      <div role="status" aria-live="polite" data-testid="said-approval" className="sr-only">
        {said.approval}
      </div>
    </>
  );
}
