import type { ActionClass } from "../../../../contract/breaker.ts";

/** Where things are on this machine, as the service found them. All paths absolute, without a trailing slash. */
export interface Places {
  /** Folders that agents work in; a relative path without a working folder starts at the first. */
  workspace: readonly string[];
  /** The daemon's own state: settings of safety live there. */
  state: readonly string[];
  /** Follows links as far as the path exists. Null: it couldn't be known. */
  resolve(path: string): string | null;
}

/** workspace: may be read freely. private: secrets, or anything outside the workspace. unknown: nobody can say. */
export type Place = "workspace" | "private" | "state" | "unknown";
export interface Placed {
  path: string;
  place: Place;
  /** Names that agents are ruled by: their own rules, SOUL, memory policy. */
  rules: boolean;
}

const privateNames =
  /(^|\/)(\.ssh|\.gnupg|\.aws|\.azure|\.kube|\.docker|\.password-store|\.mozilla|keychains|\.netrc|\.pgpass|\.npmrc|\.pypirc|\.git-credentials|\.env(\.[\w.-]+)?|id_(rsa|dsa|ecdsa|ed25519)|[^/]+\.(pem|key|p12|pfx|kdbx|jks|ovpn))(\/|$)/i;
const ruleNames = /(^|\/)(soul|rules|agents|identity|claude|memory-policy)\.(md|json|ya?ml|toml)$/i;
/** Files that make other programs run code. */
const hookNames = /(^|\/)(\.git|\.husky|\.config\/git|\.vscode|\.envrc|\.bashrc|\.bash_profile|\.profile|\.zshrc|\.zshenv)(\/|$)/i;

/** An absolute path without `.`, `..` and doubled slashes; null for a relative one without a base or one with a NUL. */
export function absolute(path: string, base: string | null): string | null {
  if (path === "" || path.includes("\0") || path.startsWith("~")) return null;
  if (!path.startsWith("/") && base === null) return null;
  const out: string[] = [];
  for (const part of `${path.startsWith("/") ? "" : base}/${path}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") out.pop();
    else out.push(part);
  }
  return `/${out.join("/")}`;
}

export const under = (path: string, folder: string): boolean => path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);

/** Where a path of an act leads. */
export function placeOf(path: string, base: string | null, places: Places): Placed {
  const plain = absolute(path, base ?? places.workspace[0] ?? null);
  const real = plain === null ? null : places.resolve(plain);
  if (plain === null || real === null) return { path, place: "unknown", rules: ruleNames.test(path) };
  // A link's own name counts as much as what it leads to.
  const rules = ruleNames.test(real) || ruleNames.test(plain);
  if (places.state.some((folder) => under(real, folder) || under(plain, folder))) return { path: real, place: "state", rules };
  const inside = places.workspace.some((folder) => under(real, folder));
  return { path: real, place: inside && !privateNames.test(real) && !privateNames.test(plain) ? "workspace" : "private", rules };
}

export const readClass = ({ place }: Placed): ActionClass => (place === "workspace" ? "1" : "1b");

/** A write is reversible only where the workspace keeps versions; rules and settings are classes of their own. */
export function writeClass(placed: Placed): ActionClass {
  if (placed.place === "state") return "12";
  if (placed.rules) return "9";
  return placed.place === "workspace" && !hookNames.test(placed.path) ? "2" : "3";
}

export function destroyClass(placed: Placed): ActionClass {
  const write = writeClass(placed);
  return write === "2" ? "3" : write;
}
