import { Link, useRouterState } from "@tanstack/react-router";
import { Moon, Sun } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../../ui/section.tsx";
import { useConsole, usePorts } from "../console.tsx";
import { groups, screens } from "./screens.ts";

/** The product's mark: a rack. */
export function Brand({ compact = false }: { compact?: boolean }) {
  const { t } = useTranslation();
  const name = useConsole((state) => state.rack?.settings.name ?? state.me?.aosd.rackName ?? null);
  const demo = useConsole((state) => state.rack?.demo === true);
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <svg width="24" height="24" viewBox="0 0 24 24" fill="none" aria-hidden="true">
        <rect x="4.75" y="1.75" width="14.5" height="20.5" rx="2" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 6h8M8 10h8M8 14h8" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
        <circle cx="12" cy="18.25" r="1.25" fill="currentColor" />
      </svg>
      <span className={`min-w-0 ${compact ? "" : "mid:max-full:sr-only"}`}>
        <span className="flex items-baseline gap-1.5">
          <b className="truncate leading-5 font-strong">{name ?? t("shell.product")}</b>
          {demo ? (
            <span title={t("shell.demoMeans")}>
              <Tag>{t("shell.demo")}</Tag>
            </span>
          ) : null}
        </span>
        {compact || name === null ? null : <small className="block text-mark text-fg-3">{t("shell.product")}</small>}
      </span>
    </span>
  );
}

export function ThemeButton() {
  const { theme } = usePorts();
  const { t } = useTranslation();
  const shown = useSyncExternalStore(theme.subscribe, theme.shown);
  const Icon = shown === "dark" ? Sun : Moon;
  const label = shown === "dark" ? t("shell.toLight") : t("shell.toDark");
  return (
    <button
      type="button"
      className="inline-flex min-h-8 min-w-8 items-center justify-center gap-1.5 rounded-1 px-1.5 text-second text-fg-3 hover:bg-sunken hover:text-fg max-mid:min-h-11"
      onClick={() => theme.set(shown === "dark" ? "light" : "dark")}
    >
      <Icon size={14} strokeWidth={1.6} aria-hidden="true" />
      <span className="mid:max-full:sr-only">{label}</span>
    </button>
  );
}

/** How many approvals wait, behind their screen's name. */
function Waiting({ menu }: { menu: boolean }) {
  const { t } = useTranslation();
  const count = useConsole((state) => state.breaker?.pending ?? 0);
  if (count === 0) return null;
  return (
    <span
      className={`ml-auto text-second font-strong text-fg ${menu ? "" : "mid:max-full:absolute mid:max-full:top-0 mid:max-full:right-1 mid:max-full:text-mark"}`}
    >
      {count}
      <span className="sr-only">{t("shell.waiting")}</span>
    </span>
  );
}

/** Links to the screens; in the rail and in the narrow menu alike. */
export function ScreenLinks({ onGo, menu = false }: { onGo?: () => void; menu?: boolean }) {
  const { t } = useTranslation();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isHere = (to: string) => (to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`));
  return groups.map((group) => (
    <div key={group}>
      {group === "first" ? null : (
        <h2
          className={`px-2 pt-4 pb-1 text-mark text-fg-3 ${menu ? "" : "mid:max-full:mx-2 mid:max-full:mt-1 mid:max-full:border-t mid:max-full:border-line mid:max-full:p-1 mid:max-full:text-[0px]"}`}
        >
          {t(`shell.${group}Group`)}
        </h2>
      )}
      <ul>
        {screens
          .filter((screen) => screen.group === group)
          .map(({ id, to, icon: Icon }) => (
            <li key={id}>
              <Link
                to={to}
                activeOptions={{ exact: true }}
                aria-current={isHere(to) ? "page" : undefined}
                {...(onGo ? { onClick: onGo } : {})}
                className={`relative flex items-center gap-2.5 rounded-2 px-2 text-small text-fg-2 hover:bg-sunken hover:text-fg aria-[current=page]:bg-raised aria-[current=page]:font-strong aria-[current=page]:text-fg aria-[current=page]:shadow-[0_0_0_1px_var(--line)] ${menu ? "min-h-11" : "min-h-8 mid:max-full:justify-center"}`}
              >
                <Icon size={16} strokeWidth={1.6} aria-hidden="true" />
                <span className={menu ? "" : "mid:max-full:sr-only"}>{t(`shell.${id}`)}</span>
                {id === "approvals" ? <Waiting menu={menu} /> : null}
              </Link>
            </li>
          ))}
      </ul>
    </div>
  ));
}

function Caller() {
  const { t } = useTranslation();
  const name = useConsole((state) => state.me?.person?.name ?? null);
  return <span className="truncate">{name ?? t("shell.nobody")}</span>;
}

/** Left, always there from 821 px: the screens that exist. */
export function Rail() {
  const { t } = useTranslation();
  return (
    <div className="row-span-2 border-r border-line bg-rail max-mid:hidden">
      <nav aria-label={t("shell.rail")} className="sticky top-0 flex h-screen flex-col overflow-y-auto px-2 pb-3">
        <Link to="/" className="flex h-14 flex-none items-center rounded-2 px-2">
          <Brand />
        </Link>
        <ScreenLinks />
        <div className="mt-auto flex items-center justify-between gap-2 px-2 pt-4 text-second text-fg-3 mid:max-full:justify-center mid:max-full:px-0">
          <span className="min-w-0 truncate mid:max-full:hidden">
            <Caller />
          </span>
          <ThemeButton />
        </div>
      </nav>
    </div>
  );
}
