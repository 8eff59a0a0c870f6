import { CSPProvider } from "@base-ui/react/csp-provider";
import { createTanstackQueryUtils } from "@orpc/tanstack-query";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserClock } from "./app/clock.ts";
import { ConsoleProvider, type ConsolePorts } from "./app/console.tsx";
import { LanguageProvider, startLanguage } from "./app/language.tsx";
import { createLink } from "./app/link/link.ts";
import { createPortDial, offersPort } from "./app/link/port.ts";
import { createWebSocketDial, rpcUrl } from "./app/link/websocket.ts";
import { createPinWatch } from "./app/pin-watch.ts";
import { browserCrypto, createPinStore } from "./app/pin/keep.ts";
import { createPreferences } from "./app/preferences.ts";
import { createConsoleRouter, loadScreens } from "./app/router.tsx";
import { createConsoleStore, createStoreSink } from "./app/store.ts";
import { createTheme } from "./app/theme.ts";
import { createTicker } from "./app/tick.ts";
import { createTrip } from "./app/trip.ts";
import "./styles/app.css";

const loadAfterMs = 2000;

/** The composition root of the console: ports, then the link, then the screens. */
async function start(mount: HTMLElement) {
  const page = document.documentElement;
  // A printed address may say /trust; its screen stands behind the hash like all others.
  if (window.location.pathname === "/trust") window.history.replaceState(null, "", "/#/trust");

  const clock = createBrowserClock();
  const preferences = createPreferences(window.localStorage, navigator.languages);
  const theme = createTheme(page, window.matchMedia("(prefers-color-scheme: dark)"), preferences);
  const store = createConsoleStore(clock.now);
  const desktop = offersPort(window);
  const link = createLink({
    dial: desktop ? createPortDial(window) : createWebSocketDial(rpcUrl(window.location)),
    clock,
    random: Math.random,
    sink: createStoreSink(store, clock.now),
  });
  const { subtle } = window.crypto;
  const pinWatch = createPinWatch({
    client: link.client,
    store,
    clock,
    pins: createPinStore(window.localStorage),
    // Only a secure page has it; the types don't know.
    crypto: (subtle as SubtleCrypto | undefined) === undefined ? null : browserCrypto(subtle),
  });
  pinWatch.start();
  link.start();

  const queryClient = new QueryClient({
    defaultOptions: { queries: { retry: 1, staleTime: 5000, refetchOnWindowFocus: false, networkMode: "always" }, mutations: { networkMode: "always" } },
  });
  const ports: ConsolePorts = {
    store,
    client: link.client,
    query: createTanstackQueryUtils(link.client),
    relink: link.relink,
    acceptLog: () => void pinWatch.accept(),
    trip: createTrip({ client: link.client, store, clock }),
    clock,
    ticker: createTicker(clock),
    theme,
    preferences,
    desktop,
  };
  // Whatever was asked over the old connection may have been refused for want of one.
  store.subscribe((now, before) => {
    if (now.link.kind === "live" && before.link.kind !== "live") void queryClient.invalidateQueries();
  });

  const started = await startLanguage(preferences, page);
  createRoot(mount).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <ConsoleProvider value={ports}>
          <QueryClientProvider client={queryClient}>
            <LanguageProvider started={started} preferences={preferences} root={page}>
              <RouterProvider router={createConsoleRouter()} />
            </LanguageProvider>
          </QueryClientProvider>
        </ConsoleProvider>
      </CSPProvider>
    </StrictMode>,
  );
  // After the first screen has had its time.
  clock.after(loadAfterMs, () => {
    loadScreens().catch((error: unknown) => console.warn("some screens could not be fetched ahead", error));
  });
}

const mount = document.getElementById("root");
if (!mount) throw new Error("index.html has no #root");
await start(mount);
