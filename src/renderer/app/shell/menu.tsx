import { Dialog } from "@base-ui/react/dialog";
import { Menu as MenuIcon } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Brand, ScreenLinks, ThemeButton } from "./rail.tsx";

/** Under 821 px the rail is a menu. */
export function NarrowMenu() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <Dialog.Root modal="trap-focus" open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="mr-auto inline-flex min-h-11 min-w-11 items-center gap-2 pr-2 font-strong mid:hidden">
        <MenuIcon size={20} strokeWidth={1.6} aria-hidden="true" />
        <Brand compact />
        <span className="sr-only">{t("shell.openMenu")}</span>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fade fixed inset-0 z-30 bg-[oklch(0_0_0/0.28)]" />
        <Dialog.Popup className="fade fixed inset-y-0 left-0 z-30 flex w-72 max-w-[calc(100vw-120px)] flex-col overflow-auto bg-rail px-3 pb-4 shadow-2">
          <div className="flex min-h-14 items-center justify-between pl-2">
            <Dialog.Title className="font-strong">{t("shell.menu")}</Dialog.Title>
            <Dialog.Close className="min-h-11 rounded-2 px-3 text-small text-fg-2">{t("ui.close")}</Dialog.Close>
          </div>
          <nav aria-label={t("shell.rail")}>
            <ScreenLinks onGo={close} menu />
          </nav>
          <div className="mt-auto pt-4">
            <ThemeButton />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
