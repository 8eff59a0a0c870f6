import { createContext, use, useCallback, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { usePorts } from "../app/console.tsx";

type Say = (text: string) => void;
const ToastContext = createContext<Say>(() => {});
const shownMs = 7000;

/** Says something politely. Nothing that needs a decision is ever said this way. */
export const useToast = (): Say => use(ToastContext);

/** Holds the polite region at the foot of the page. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { clock } = usePorts();
  const { t } = useTranslation();
  const [said, setSaid] = useState<{ id: number; text: string } | null>(null);
  const cancel = useRef<() => void>(() => {});
  const count = useRef(0);
  const say = useCallback<Say>(
    (text) => {
      cancel.current();
      count.current += 1;
      setSaid({ id: count.current, text });
      cancel.current = clock.after(shownMs, () => setSaid(null));
    },
    [clock],
  );
  const close = useMemo(() => () => setSaid(null), []);
  return (
    <ToastContext value={say}>
      {children}
      <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex justify-center mid:justify-end">
        {said ? (
          <div key={said.id} className="pointer-events-auto flex max-w-md items-start gap-4 rounded-3 bg-raised py-3 pr-2 pl-4 text-small shadow-2">
            <p className="min-h-6 pt-0.5">{said.text}</p>
            <button type="button" className="min-h-6 rounded-1 px-2 text-second text-fg-2 hover:text-fg" onClick={close}>
              {t("ui.close")}
            </button>
          </div>
        ) : null}
      </div>
    </ToastContext>
  );
}
