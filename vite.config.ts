import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Where `npm run dev` finds an aosd or the fake backend. */
const backend = process.env["AOS_DEV_BACKEND"] ?? "http://127.0.0.1:7480";

/** The console for a browser: built into out/renderer, or served for development beside a running backend. */
export default defineConfig({
  root: here("./src/renderer"),
  base: "/",
  plugins: [react(), tailwindcss()],
  build: {
    outDir: here("./out/renderer"),
    emptyOutDir: true,
    // The oldest browsers that know oklch, @layer and iterator helpers' fallbacks; Electron's Chromium is far newer.
    target: ["chrome120", "firefox128", "safari17.4"],
    minify: true,
    cssMinify: true,
    // The CSP allows files of this origin only: nothing becomes a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/rpc": { target: backend, ws: true }, "/api": backend, "/trust/ca.crt": backend },
  },
});
