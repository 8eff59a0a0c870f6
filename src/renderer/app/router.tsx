import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { CrashedScreen, NotFoundScreen, Root } from "./root.tsx";

const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotFoundScreen, errorComponent: CrashedScreen });
const under = <const P extends string>(path: P) => ({ getParentRoute: () => rootRoute, path });

const overview = createRoute({ ...under("/"), component: lazyRouteComponent(() => import("../screens/overview/screen.tsx"), "OverviewScreen") });
const nodes = createRoute({ ...under("/nodes"), component: lazyRouteComponent(() => import("../screens/node/screen.tsx"), "NodeScreen") });
const node = createRoute({ ...under("/nodes/$nodeId"), component: lazyRouteComponent(() => import("../screens/node/screen.tsx"), "NodeScreen") });
const power = createRoute({ ...under("/power"), component: lazyRouteComponent(() => import("../screens/power/screen.tsx"), "PowerScreen") });
const connect = createRoute({ ...under("/connect"), component: lazyRouteComponent(() => import("../screens/connect/screen.tsx"), "ConnectScreen") });
const settings = createRoute({ ...under("/settings"), component: lazyRouteComponent(() => import("../screens/settings/screen.tsx"), "SettingsScreen") });
const trust = createRoute({ ...under("/trust"), component: lazyRouteComponent(() => import("../screens/signin/trust.tsx"), "TrustScreen") });
const enter = createRoute({
  ...under("/enter"),
  validateSearch: (search: Record<string, unknown>): { token?: string } =>
    typeof search["token"] === "string" ? { token: search["token"] } : typeof search["token"] === "number" ? { token: String(search["token"]) } : {},
  component: lazyRouteComponent(() => import("../screens/signin/screen.tsx"), "SignInScreen"),
});

/** Routes live behind the hash, so that one file serves them all, also under app://. */
export function createConsoleRouter() {
  return createRouter({
    routeTree: rootRoute.addChildren([overview, nodes, node, power, connect, settings, trust, enter]),
    history: createHashHistory(),
    defaultErrorComponent: CrashedScreen,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
