import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { usePorts } from "../../app/console.tsx";
import { useLanguage } from "../../app/language.tsx";
import { Choice } from "../../ui/radio.tsx";
import { Section } from "../../ui/section.tsx";

/** Language and theme of this device. Each language is named in itself. */
export function ScreenChoices() {
  const { t } = useTranslation();
  const { theme } = usePorts();
  const { language, choose } = useLanguage();
  const chosen = useSyncExternalStore(theme.subscribe, theme.choice);
  return (
    <Section title={t("settings.device")}>
      <Choice
        legend={t("settings.language")}
        value={language}
        onChange={(next) => void choose(next)}
        options={[
          { value: "ko", label: "한국어" },
          { value: "en", label: "English" },
        ]}
      />
      <Choice
        legend={t("settings.theme")}
        value={chosen}
        onChange={theme.set}
        options={[
          { value: "system", label: t("settings.system") },
          { value: "light", label: t("settings.light") },
          { value: "dark", label: t("settings.dark") },
        ]}
      />
    </Section>
  );
}
