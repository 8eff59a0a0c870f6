export const deepLinkScheme = "mupengism-aos";

/** Screens that a link may open, and the shape of what may follow. Opening is all a link can do: it never acts. */
const places: Readonly<Record<string, RegExp | null>> = {
  overview: null,
  power: null,
  connect: null,
  settings: null,
  nodes: /^[a-z2-7]{16}$/,
};

/** The renderer's hash route for `mupengism-aos://power` or `mupengism-aos://nodes/<node id>`; null for anything else. */
export function routeOf(link: string): string | null {
  if (link.length > 200 || !URL.canParse(link)) return null;
  const url = new URL(link);
  if (url.protocol !== `${deepLinkScheme}:` || url.search !== "" || url.hash !== "" || url.port !== "" || url.username !== "" || url.password !== "")
    return null;
  const [rest, ...more] = url.pathname.split("/").filter((part) => part !== "");
  const place = url.host.toLowerCase();
  if (more.length > 0 || !Object.hasOwn(places, place)) return null;
  const shape = places[place] ?? null;
  if (shape === null) return rest === undefined ? (place === "overview" ? "/" : `/${place}`) : null;
  return rest !== undefined && shape.test(rest) ? `/${place}/${rest}` : null;
}

/** The route of the first valid link among a second instance's arguments. */
export function routeInArguments(args: readonly string[]): string | null {
  for (const argument of args) {
    const route = argument.startsWith(`${deepLinkScheme}:`) ? routeOf(argument) : null;
    if (route !== null) return route;
  }
  return null;
}
