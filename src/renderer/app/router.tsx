import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { CrashedScreen, NotFoundScreen, Root } from "./root.tsx";

/** Where each screen's file is. Listed once: the routes load them when asked for, and `loadScreens` before anybody asks. */
const load = {
  overview: () => import("../screens/overview/screen.tsx"),
  node: () => import("../screens/node/screen.tsx"),
  power: () => import("../screens/power/screen.tsx"),
  connect: () => import("../screens/connect/screen.tsx"),
  settings: () => import("../screens/settings/screen.tsx"),
  trust: () => import("../screens/signin/trust.tsx"),
  signin: () => import("../screens/signin/screen.tsx"),
};

/**
 * Fetches all screens. The aosd that serves them may be gone when they are wanted most: a console that lost its rack must
 * still open each screen on what it knows. Rejects when one can't be had.
 */
export const loadScreens = async (): Promise<void> => {
  await Promise.all([...Object.values(load).map((one) => one()), import("../screens/node/trend.tsx")]);
};

const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotFoundScreen, errorComponent: CrashedScreen });
const under = <const P extends string>(path: P) => ({ getParentRoute: () => rootRoute, path });

const overview = createRoute({ ...under("/"), component: lazyRouteComponent(load.overview, "OverviewScreen") });
const nodes = createRoute({ ...under("/nodes"), component: lazyRouteComponent(load.node, "NodeScreen") });
const node = createRoute({ ...under("/nodes/$nodeId"), component: lazyRouteComponent(load.node, "NodeScreen") });
const power = createRoute({ ...under("/power"), component: lazyRouteComponent(load.power, "PowerScreen") });
const connect = createRoute({ ...under("/connect"), component: lazyRouteComponent(load.connect, "ConnectScreen") });
const settings = createRoute({ ...under("/settings"), component: lazyRouteComponent(load.settings, "SettingsScreen") });
const trust = createRoute({ ...under("/trust"), component: lazyRouteComponent(load.trust, "TrustScreen") });
const enter = createRoute({
  ...under("/enter"),
  validateSearch: (search: Record<string, unknown>): { token?: string } =>
    typeof search["token"] === "string" ? { token: search["token"] } : typeof search["token"] === "number" ? { token: String(search["token"]) } : {},
  component: lazyRouteComponent(load.signin, "SignInScreen"),
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
