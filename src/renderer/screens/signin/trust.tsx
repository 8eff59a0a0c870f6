import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useConsole } from "../../app/console.tsx";
import { TrustSteps } from "../settings/trust-steps.tsx";

/** The page a browser is sent to before it trusts the rack; anybody may read it. */
export function TrustScreen() {
  const { t } = useTranslation();
  const live = useConsole((state) => state.link.kind === "live");
  return (
    <div className="page mx-auto max-w-3xl">
      <h1 className="mb-6 text-title font-strong">{t("signin.trustTitle")}</h1>
      <TrustSteps />
      <p className="mt-8">
        <Link to={live ? "/settings" : "/"} className="link">
          {live ? t("shell.settings") : t("signin.trustBack")}
        </Link>
      </p>
    </div>
  );
}
