import { useTranslation } from "react-i18next";
import type { BreakerView } from "../../../contract/breaker.ts";
import { useLanguage } from "../language.tsx";
import { asSubject, asTopic } from "../particle.ts";
import { useFormat } from "../use-format.ts";

/** A name with its Korean particle; in English the name itself. */
export function useParticles() {
  const { language } = useLanguage();
  const same = (name: string) => name;
  return language === "ko" ? { subject: asSubject, topic: asTopic } : { subject: same, topic: same };
}

/** Says who stopped it, when, and which nodes have not confirmed it: the worst true thing last. */
export function useBreakerSentence(): (view: BreakerView) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const { subject, topic } = useParticles();
  return (view) => {
    if (view.state === "ready") return t("breaker.said.ready");
    if (view.state === "run") return t("breaker.said.run");
    const missing = view.nodes.filter((node) => node.state === "unconfirmed");
    const cause = view.cause ?? "unreadable";
    const params = { by: subject(view.by ?? t("breaker.somebody")), time: view.since === null ? "" : format.time(view.since) };
    const [only] = missing;
    if (!only) return t(`breaker.said.${cause}`, params);
    const rest = missing.length === 1 ? t("breaker.unconfirmed", { name: topic(only.name) }) : t("breaker.unconfirmedMany", { count: missing.length });
    return `${t(`breaker.saidAnd.${cause}`, params)} ${rest}`;
  };
}
