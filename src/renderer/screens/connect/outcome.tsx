import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePorts } from "../../app/console.tsx";
import { Button } from "../../ui/button.tsx";
import { Glyph } from "../../ui/glyph.tsx";
import { RecoveryKey } from "../../ui/recovery-key.tsx";

/** How a pairing ended well. */
export type Paired =
  | { kind: "added"; nodeId: string; name: string; fingerprint: string }
  | { kind: "joined"; rackName: string; state: "admitted" | "waiting"; recoveryKey: string | null };

/** The end of connecting; with the first console, the recovery key, once. */
export function Outcome({ paired, again }: { paired: Paired; again: () => void }) {
  const { t } = useTranslation();
  const { relink } = usePorts();
  const navigate = useNavigate();
  const [kept, setKept] = useState(false);
  if (paired.kind === "added") {
    return (
      <div role="status">
        <h1 className="flex items-center gap-3 text-title font-strong">
          <Glyph name="done" size={16} />
          {t("connect.added", { name: paired.name })}
        </h1>
        <p className="mt-1 text-fg-2">{t("connect.addedWhy")}</p>
        <div className="mt-6 flex flex-wrap gap-2">
          <Button variant="main" onClick={() => void navigate({ to: "/nodes/$nodeId", params: { nodeId: paired.nodeId } })}>
            {t("connect.seeNode")}
          </Button>
          <Button onClick={again}>{t("connect.addMore")}</Button>
        </div>
      </div>
    );
  }
  const goOn = () => {
    relink();
    void navigate({ to: "/" });
  };
  if (paired.recoveryKey !== null && !kept) return <RecoveryKey value={paired.recoveryKey} onKept={() => (setKept(true), goOn())} />;
  return (
    <div role="status">
      <h1 className="flex items-center gap-3 text-title font-strong">
        <Glyph name={paired.state === "admitted" ? "done" : "ready"} size={16} />
        {t(paired.state === "admitted" ? "connect.joined" : "connect.joinedWaiting", { rack: paired.rackName })}
      </h1>
      {paired.state === "waiting" ? <p className="mt-1 text-fg-2">{t("connect.joinedWaitingWhy")}</p> : null}
      <div className="mt-6">
        <Button variant="main" onClick={goOn}>
          {t("shell.notFound.action")}
        </Button>
      </div>
    </div>
  );
}
