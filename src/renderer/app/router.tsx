import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { CrashedScreen, NotFoundScreen, Root } from "./root.tsx";

/** Where each screen's file is. Listed once: the routes load them when asked for, and `loadScreens` before anybody asks. */
const load = {
  overview: () => import("../screens/overview/screen.tsx"),
  node: () => import("../screens/node/screen.tsx"),
  power: () => import("../screens/power/screen.tsx"),
  breaker: () => import("../screens/breaker/screen.tsx"),
  autonomy: () => import("../screens/autonomy/screen.tsx"),
  egress: () => import("../screens/autonomy/egress-screen.tsx"),
  secrets: () => import("../screens/autonomy/secrets-screen.tsx"),
  approvals: () => import("../screens/approvals/screen.tsx"),
  activity: () => import("../screens/activity/screen.tsx"),
  button: () => import("../screens/button/screen.tsx"),
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
const breaker = createRoute({ ...under("/breaker"), component: lazyRouteComponent(load.breaker, "BreakerScreen") });
const autonomy = createRoute({ ...under("/autonomy"), component: lazyRouteComponent(load.autonomy, "AutonomyScreen") });
const egress = createRoute({ ...under("/autonomy/egress"), component: lazyRouteComponent(load.egress, "EgressScreen") });
const secrets = createRoute({ ...under("/autonomy/secrets"), component: lazyRouteComponent(load.secrets, "SecretsScreen") });
const approvals = createRoute({ ...under("/approvals"), component: lazyRouteComponent(load.approvals, "ApprovalsScreen") });
const approval = createRoute({ ...under("/approvals/$approvalId"), component: lazyRouteComponent(load.approvals, "ApprovalsScreen") });
const activity = createRoute({ ...under("/activity"), component: lazyRouteComponent(load.activity, "ActivityScreen") });
const entry = createRoute({ ...under("/activity/$seq"), component: lazyRouteComponent(load.activity, "ActivityScreen") });
const button = createRoute({ ...under("/button"), component: lazyRouteComponent(load.button, "ButtonScreen") });
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
    routeTree: rootRoute.addChildren([
      overview,
      nodes,
      node,
      power,
      breaker,
      autonomy,
      egress,
      secrets,
      approvals,
      approval,
      activity,
      entry,
      button,
      connect,
      settings,
      trust,
      enter,
    ]),
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
