import { readFile, realpath } from "node:fs/promises";
import { extname, resolve, sep } from "node:path";
import { isConsoleUrl, scheme } from "./console-origin.ts";
import { securityHeaders } from "./csp.ts";
import type { CustomScheme, Protocol } from "electron";
import type { Log } from "./log.ts";

/** Must be registered before the app is ready: makes `app://console` a secure, standard origin of its own. */
export const customScheme = {
  scheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
} as const satisfies CustomScheme;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
};

export type Located = { ok: true; file: string; type: string } | { ok: false; status: 400 | 403 | 404 };

/** Maps a URL to a file under `root` (absolute), or says with which HTTP status it is refused. Touches no disk. */
export function locate(root: string, text: string): Located {
  if (!isConsoleUrl(text)) return { ok: false, status: 403 };
  let path: string;
  try {
    path = decodeURIComponent(new URL(text).pathname);
  } catch (error) {
    if (error instanceof URIError) return { ok: false, status: 400 };
    throw error;
  }
  // A colon is a drive or an alternate stream on Windows, a backslash a separator there: no file of ours has either.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\\:]/.test(path)) return { ok: false, status: 400 };
  const file = resolve(root, `.${path === "/" || path === "" ? "/index.html" : path}`);
  if (!file.startsWith(root + sep)) return { ok: false, status: 403 };
  const type = types[extname(file).toLowerCase()];
  return type === undefined ? { ok: false, status: 404 } : { ok: true, file, type };
}

const refuse = (status: number) => new Response(null, { status, headers: securityHeaders });

/** Answers requests for `app://console/...` from the folder `root`; whatever lies elsewhere, links included, is not served. */
export function createConsoleFiles(deps: { root: string; log: Log }) {
  const root = resolve(deps.root);
  return async (request: Pick<Request, "url" | "method">): Promise<Response> => {
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405);
    const located = locate(root, request.url);
    if (!located.ok) {
      deps.log("warn", "protocol.refused", { status: located.status });
      return refuse(located.status);
    }
    try {
      const [realRoot, realFile] = await Promise.all([realpath(root), realpath(located.file)]);
      if (!realFile.startsWith(realRoot + sep)) return refuse(403);
      const body = await readFile(realFile);
      return new Response(request.method === "HEAD" ? null : new Uint8Array(body), {
        status: 200,
        headers: { ...securityHeaders, "Content-Type": located.type },
      });
    } catch (error) {
      deps.log("warn", "protocol.unreadable", { file: located.file.slice(root.length), reason: String((error as NodeJS.ErrnoException).code ?? error) });
      return refuse(404);
    }
  };
}

/** Puts `app://` into service on a session's protocol. */
export function serveConsole(protocol: Pick<Protocol, "handle">, deps: { root: string; log: Log }): void {
  protocol.handle(scheme, createConsoleFiles(deps));
}
