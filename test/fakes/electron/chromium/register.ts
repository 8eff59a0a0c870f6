import { registerHooks } from "node:module";

// For `node --import`: main's `import "electron"` finds the Chromium form of the fake.
registerHooks({
  resolve(specifier, context, next) {
    return specifier === "electron" ? { url: new URL("./index.ts", import.meta.url).href, shortCircuit: true } : next(specifier, context);
  },
});
