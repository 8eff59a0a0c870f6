import { Download } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, usePorts, useStale } from "../../app/console.tsx";
import { useFormat } from "../../app/use-format.ts";
import { Button } from "../../ui/button.tsx";
import { useTellFault } from "../../ui/fault-note.tsx";
import { saveFile } from "../../ui/save.ts";
import { useToast } from "../../ui/toast.tsx";

/** Saves the log as JSON lines. It comes in pieces, says how far it is, and can be cancelled. */
export function ExportButton() {
  const { t } = useTranslation();
  const { client } = usePorts();
  const format = useFormat();
  const say = useToast();
  const tell = useTellFault();
  const stale = useStale();
  const may = useMay("owner");
  const [count, setCount] = useState<number | null>(null);
  const cancelled = useRef(false);
  const run = async () => {
    cancelled.current = false;
    setCount(0);
    const lines: string[] = [];
    try {
      for await (const piece of await client.breaker.activity.export({})) {
        if (cancelled.current) return;
        lines.push(...piece.lines);
        setCount(lines.length);
      }
      saveFile(
        "aos-activity.jsonl",
        lines.map((line) => `${line}\n`),
        "application/x-ndjson",
      );
      say(t("activity.exported", { n: format.count(lines.length) }));
    } catch (error) {
      say(tell(error).title);
    } finally {
      setCount(null);
    }
  };
  if (count !== null) {
    return (
      <span className="inline-flex flex-wrap items-center gap-2">
        <span role="status" className="text-second text-fg-2">
          {t("activity.exporting", { n: format.count(count) })}
        </span>
        <Button onClick={() => (cancelled.current = true)}>{t("activity.exportStop")}</Button>
      </span>
    );
  }
  return (
    <Button disabledReason={stale ? t("ui.notYet") : may ? null : t("ui.needsOwner")} onClick={() => void run()}>
      <Download size={14} strokeWidth={1.6} aria-hidden="true" />
      {t("activity.export")}
    </Button>
  );
}
