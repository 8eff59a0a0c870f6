import type { EgressRefusal } from "./domain/row.ts";

/** What a refused program is told: the code and nothing of the policy's reasoning. */
export function refusalAnswer(reason: EgressRefusal): { status: number; headers: Record<string, string>; body: string } {
  const body = `${JSON.stringify({ refused: reason })}\n`;
  const status = statusOf(reason);
  const challenge = status === 407 ? { "proxy-authenticate": 'Basic realm="aos"' } : {};
  return {
    status,
    headers: { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)), connection: "close", ...challenge },
    body,
  };
}

/** HTTP status of a refusal. 503 may pass when the owner starts again; 403 won't by trying. */
function statusOf(reason: EgressRefusal): number {
  switch (reason) {
    case "latched":
    case "policy-unavailable":
    case "ledger-unavailable":
    case "too-many":
      return 503;
    case "unknown-sender":
      return 407;
    case "bad-request":
    case "ambiguous-length":
    case "connection-names-framing":
    case "upgrade":
      return 400;
    case "name-not-found":
      return 502;
    case "isolated":
    case "host-not-declared":
    case "policy":
    case "address-inside":
      return 403;
  }
}
