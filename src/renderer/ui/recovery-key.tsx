import { useTranslation } from "react-i18next";
import { Button } from "./button.tsx";
import { Copyable } from "./copyable.tsx";

/** The rack's recovery key, shown once. */
export function RecoveryKey({ value, onKept }: { value: string; onKept: () => void }) {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <h1 className="text-title font-strong">{t("connect.recoveryTitle")}</h1>
      <p className="mt-1 max-w-2xl text-fg-2">{t("connect.recoveryWhy")}</p>
      <p className="mt-6 border-l-3 border-line-2 py-2 pl-5 text-lead">
        <Copyable text={value} name={t("connect.recoveryName")} />
      </p>
      <div className="mt-6">
        <Button variant="main" onClick={onKept}>
          {t("connect.recoveryDone")}
        </Button>
      </div>
    </div>
  );
}
