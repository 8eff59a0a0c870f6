import { Link, Outlet, useRouter, useRouterState, type ErrorComponentProps } from "@tanstack/react-router";
import { lazy, Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button, buttonClass } from "../ui/button.tsx";
import { FaultNote } from "../ui/fault-note.tsx";
import { EmptyState } from "../ui/section.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { ToastProvider } from "../ui/toast.tsx";
import { useConsole, usePorts, useRole } from "./console.tsx";
import { Shell } from "./shell/shell.tsx";
import { useStopKey } from "./shell/stop.tsx";

const SignIn = lazy(() => import("../screens/signin/screen.tsx").then((module) => ({ default: module.SignInScreen })));
const Join = lazy(() => import("../screens/connect/screen.tsx").then((module) => ({ default: module.ConnectScreen })));

const Mirror = lazy(() => import("../screens/button/screen.tsx").then((module) => ({ default: module.ButtonScreen })));

function Loading() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <Skeleton rows={5} label={t("ui.loading")} />
    </div>
  );
}

function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const { relink } = usePorts();
  return (
    <div className="page">
      <h1 className="mb-6 text-title font-strong">{t("shell.refused.title")}</h1>
      <FaultNote error={error} />
      <div className="mt-6">
        <Button variant="main" onClick={relink}>
          {t("shell.refused.again")}
        </Button>
      </div>
    </div>
  );
}

/** What stands in the frame: the asked-for screen once there is a rack to show, else the way to one. */
function Body(): ReactNode {
  const kind = useConsole((state) => state.link.kind);
  const refusal = useConsole((state) => (state.link.kind === "refused" ? state.link.error : null));
  const hasRack = useConsole((state) => state.rack !== null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  if (path === "/trust" || path === "/enter") return <Outlet />;
  if (kind === "signed-out") return <SignIn />;
  if (kind === "no-rack") return path === "/settings" ? <Outlet /> : <Join />;
  if (hasRack) return <Outlet />;
  return kind === "refused" ? <Refused error={refusal} /> : <Loading />;
}

/** The whole page. */
export function Root() {
  const kind = useConsole((state) => state.link.kind);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isDoor = kind === "signed-out" || kind === "no-rack" || path === "/enter" || (path === "/trust" && kind !== "live");
  return (
    <ToastProvider>
      <Frame isDoor={isDoor} path={path} />
    </ToastProvider>
  );
}

/** The frame, or the button alone: on its own address, and for whoever may do nothing else. */
function Frame({ isDoor, path }: { isDoor: boolean; path: string }) {
  const isKiosk = useRole() === "kiosk";
  useStopKey();
  if (!isDoor && (isKiosk || path === "/button")) {
    return (
      <Suspense fallback={<Loading />}>
        <Mirror />
      </Suspense>
    );
  }
  return (
    <Shell rail={!isDoor}>
      <Suspense fallback={<Loading />}>
        <Body />
      </Suspense>
    </Shell>
  );
}

export function NotFoundScreen() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <EmptyState
        title={t("shell.notFound.title")}
        action={
          <Link to="/" className={buttonClass()}>
            {t("shell.notFound.action")}
          </Link>
        }
      >
        {t("shell.notFound.body")}
      </EmptyState>
    </div>
  );
}

export function CrashedScreen({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <div className="page" role="alert">
      <EmptyState title={t("shell.crashed.title")} action={<Button onClick={() => void router.invalidate()}>{t("shell.crashed.again")}</Button>}>
        {t("shell.crashed.body")}
        <span className="mono mt-2 block text-fg-3">{error instanceof Error ? error.message : String(error)}</span>
      </EmptyState>
    </div>
  );
}
