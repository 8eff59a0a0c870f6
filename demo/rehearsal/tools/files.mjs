// A rehearsal tool: works on real files below its working folder. Arguments come as one JSON object on stdin.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const args = JSON.parse(readFileSync(0, "utf8"));
const inside = (path) => {
  const full = resolve(process.cwd(), String(path));
  if (!full.startsWith(`${process.cwd()}/`) && full !== process.cwd()) throw new Error("outside the working folder");
  return full;
};
const made = (path) => {
  mkdirSync(dirname(path), { recursive: true });
  return path;
};
const works = {
  list: () => readdirSync(inside(args.path ?? ".")).join("\n"),
  read: () => readFileSync(inside(args.path), "utf8"),
  write: () => writeFileSync(made(inside(args.path)), String(args.text)),
  append: () => appendFileSync(made(inside(args.path)), String(args.text)),
  move: () => renameSync(inside(args.from), made(inside(args.to))),
  delete: () => existsSync(inside(args.path)) && rmSync(inside(args.path)),
};
const done = works[process.argv[2]]();
process.stdout.write(typeof done === "string" ? done : "done");
