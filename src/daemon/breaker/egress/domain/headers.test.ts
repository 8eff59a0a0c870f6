import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endToEnd, isChunked, proxyToken, requestFault } from "./headers.ts";

const decode = (base64: string) => Buffer.from(base64, "base64").toString("utf8");

describe("headers", () => {
  it.each([
    [["Content-Length", "1", "Content-Length", "2"], "ambiguous-length"],
    [["Content-Length", "1", "Content-Length", "1"], "ambiguous-length"],
    [["Content-Length", "1, 1"], "ambiguous-length"],
    [["Content-Length", "+1"], "ambiguous-length"],
    [["Content-Length", "1", "Transfer-Encoding", "chunked"], "ambiguous-length"],
    [["Transfer-Encoding", "chunked, identity"], "ambiguous-length"],
    [["Transfer-Encoding", "xchunked"], "ambiguous-length"],
    [["Transfer-Encoding", "chunked", "transfer-encoding", "chunked"], "ambiguous-length"],
    [["Host", "a", "Host", "b"], "ambiguous-length"],
    [["Upgrade", "websocket"], "upgrade"],
    [["Connection", "keep-alive, Upgrade"], "upgrade"],
    [["Connection", "Content-Length"], "connection-names-framing"],
    [["Connection", "close, host"], "connection-names-framing"],
    [["Host", "a", "Content-Length", "10", "Connection", "close, X-A"], null],
    [["Transfer-Encoding", "Chunked"], null],
  ] as const)("%j: %s", (raw, fault) => {
    expect(requestFault(raw)).toBe(fault);
  });

  it("what belongs to this hop stays here, what Connection names too, the rest goes on in its order", () => {
    const raw = [
      "A",
      "1",
      "Connection",
      "close, X-Hop",
      "X-Hop",
      "2",
      "Proxy-Authorization",
      "Basic x",
      "Keep-Alive",
      "5",
      "TE",
      "trailers",
      "B",
      "3",
      "a",
      "4",
      "Expect",
      "100-continue",
    ];
    expect(endToEnd(raw, ["expect"])).toEqual(["A", "1", "B", "3", "a", "4"]);
    expect(isChunked(["transfer-encoding", "Chunked"])).toBe(true);
  });

  it("for any headers: nothing of this hop goes on, and nothing else is lost", () => {
    const names = fc.constantFrom(
      "Connection",
      "Keep-Alive",
      "Proxy-Authorization",
      "TE",
      "Trailer",
      "Transfer-Encoding",
      "Upgrade",
      "Proxy-Connection",
      "X-A",
      "X-B",
      "Accept",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.constantFrom("x-a", "close", "x-b, close", "1"))), (list) => {
        const left = endToEnd(list.flat());
        const named = new Set(list.flatMap(([name, value]) => (name === "Connection" ? value.split(",").map((one) => one.trim()) : [])));
        const kept = list.filter(([name]) => ["x-a", "x-b", "accept"].includes(name.toLowerCase()) && !named.has(name.toLowerCase()));
        expect(left).toEqual(kept.flat());
      }),
      { numRuns: 1000 },
    );
  });

  it("a token is read from Basic and Bearer, and from nothing doubled or else", () => {
    const basic = `Basic ${Buffer.from("aos:t:1").toString("base64")}`;
    expect(proxyToken(["Proxy-Authorization", basic], decode)).toBe("t:1");
    expect(proxyToken(["proxy-authorization", "Bearer t"], decode)).toBe("t");
    for (const raw of [[], ["Proxy-Authorization", "Digest x"], ["Proxy-Authorization", "Basic"], ["Proxy-Authorization", basic, "Proxy-Authorization", basic]])
      expect(proxyToken(raw, decode)).toBeUndefined();
  });
});
