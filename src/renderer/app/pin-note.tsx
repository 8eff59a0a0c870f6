import { useTranslation } from "react-i18next";
import { Button } from "../ui/button.tsx";
import { Glyph } from "../ui/glyph.tsx";
import { useConsole, usePorts } from "./console.tsx";

/** Loud, and only there when the log is not the one that this console remembers. */
export function PinNote() {
  const { t } = useTranslation();
  const { acceptLog } = usePorts();
  const pin = useConsole((state) => state.pin);
  if (pin.kind !== "refused") return null;
  // A log that was sealed begins anew under the same key: a person who knows of it may say so. The others are for support.
  const mayAccept = pin.why === "new-log" || pin.why === "unreadable";
  return (
    <div className="mb-8 flex gap-3.5 border-l-3 border-stop-mark py-0.5 pl-4" role="alert" data-testid="pin-refused">
      <Glyph name="failed" className="mt-1.5 text-stop-mark" />
      <div>
        <p className="font-strong">{t("breaker.pinTitle")}</p>
        <p className="text-second text-fg-2">{t(`breaker.pinWhy.${pin.why}`)}</p>
        {mayAccept ? (
          <Button className="mt-3" onClick={acceptLog}>
            {t("breaker.pinAccept")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
