import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode } from "react";

/** One short question about what is on screen. */
export function Dialog({
  open,
  onClose,
  title,
  children,
  actions,
  wide = false,
}: {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
}) {
  return (
    <Base.Root modal="trap-focus" open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className="fade fixed inset-0 z-30 bg-[oklch(0_0_0/0.28)]" />
        <Base.Popup
          className={`fade fixed top-1/2 left-1/2 z-30 max-h-[calc(100vh-32px)] w-[calc(100vw-32px)] -translate-x-1/2 -translate-y-1/2 overflow-auto rounded-3 bg-raised p-6 shadow-2 ${wide ? "max-w-xl" : "max-w-md"}`}
        >
          <Base.Title className="text-lead font-strong">{title}</Base.Title>
          <div className="mt-2">{children}</div>
          {actions === undefined ? null : <div className="mt-6 flex flex-wrap items-center gap-2">{actions}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
