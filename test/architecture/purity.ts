import { Visitor } from "oxc-parser";
import { isTest, type Module } from "./sources.ts";

/** Places where the clock and chance may be touched: the ports' adapters and the composition roots that hand them on. */
const ports = [
  /^src\/(daemon\/kernel|main|renderer\/app)\/clock\.ts$/,
  /^src\/daemon\/kernel\/ids\.ts$/,
  /^src\/daemon\/main\.ts$/,
  /^src\/main\/index\.ts$/,
  /^src\/renderer\/main\.tsx$/,
];
const isDomain = (file: string) => /^src\/daemon\/(?:.*\/)?domain\//.test(file);
const impureNames = new Set([
  "performance",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "crypto",
  "process",
  "fetch",
  "globalThis",
  "console",
]);

/** Clock and chance outside their ports, and anything of the outside world in a domain. One line each. */
export function purityViolations(modules: readonly Module[]): string[] {
  return modules.flatMap((module) => {
    const { file } = module;
    if (!file.startsWith("src/") || isTest(file) || file.includes("/testing/")) return [];
    const found = outsideWorld(module);
    const domain = isDomain(file);
    const used = [...(domain ? found.names : []), ...(domain || !ports.some((port) => port.test(file)) ? found.clock : [])];
    return [...new Set(used)].map((name) => `${file} uses ${name}: ${domain ? "a domain is pure" : "time and chance come through ports"}`);
  });
}

function outsideWorld({ program }: Module): { clock: string[]; names: string[] } {
  const clock: string[] = [];
  const names: string[] = [];
  new Visitor({
    MemberExpression(node) {
      if (node.computed || node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
      const name = `${node.object.name}.${node.property.name}`;
      if (name === "Date.now" || name === "Math.random") clock.push(name);
      if (impureNames.has(node.object.name)) names.push(name);
    },
    NewExpression(node) {
      if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0) clock.push("new Date()");
    },
    CallExpression(node) {
      if (node.callee.type !== "Identifier") return;
      if (impureNames.has(node.callee.name)) names.push(node.callee.name);
      if (node.callee.name === "Date") clock.push("Date()");
    },
  }).visit(program);
  return { clock, names };
}
