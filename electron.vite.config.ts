import { defineConfig } from "electron-vite";
import { mergeConfig, type Plugin } from "vite";
import web from "./vite.config.ts";

// Electron 45 holds Node 24 (and Chromium 156). Said outright, because electron-vite would ask the binary for it; a
// preload's target must be a Node too.
const nodeTarget = "node24";

/** electron-vite adds Electron's Chromium to a list of targets, and Rolldown refuses two Chromiums in one list. */
const webTargets: Plugin = {
  name: "web-targets",
  config: {
    order: "post",
    handler({ build }) {
      const target = web.build?.target;
      if (build !== undefined && target !== undefined) build.target = target;
    },
  },
};

/** `npm run build`: main, preload and renderer, without Electron's binary. */
export default defineConfig({
  main: {
    build: {
      target: nodeTarget,
      emptyOutDir: true,
      // Everything goes into the bundle, so that no node_modules are packed; `ws` finds its two native helpers missing and does without.
      externalizeDeps: false,
      rolldownOptions: { input: { index: "src/main/index.ts" }, external: ["electron", "bufferutil", "utf-8-validate"], output: { format: "es" } },
    },
  },
  preload: {
    build: {
      target: nodeTarget,
      emptyOutDir: true,
      externalizeDeps: false,
      // A sandboxed preload is CommonJS, and can require nothing but `electron`.
      rolldownOptions: { input: { index: "src/preload/index.ts" }, external: ["electron"], output: { format: "cjs", entryFileNames: "[name].cjs" } },
    },
  },
  // The web console's own settings, its targets included: aosd serves the same files to browsers.
  renderer: mergeConfig(web, { plugins: [webTargets], build: { rolldownOptions: { input: { index: "src/renderer/index.html" } } } }),
});
