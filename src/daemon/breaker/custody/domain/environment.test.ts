import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentRefusal, goMessage, namesSecret, proxyEnvironment } from "./environment.ts";

/** Reads a go message as a shell would: assignments in single quotes, nothing else allowed. */
function readAsShell(message: string): Record<string, string> {
  const env: Record<string, string> = {};
  let rest = message;
  while (rest !== "") {
    const found = /^(?:export )?([A-Za-z_]\w*)=((?:'[^']*'|\\')+)\n/.exec(rest);
    if (!found) throw new Error(`not an assignment: ${rest}`);
    const [all, name = "", value = ""] = found;
    env[name] = value.replace(/'([^']*)'|\\(')/g, (_, quoted: string | undefined, escaped: string | undefined) => quoted ?? escaped ?? "");
    rest = rest.slice(all.length);
  }
  return env;
}

describe("the environment of a tool", () => {
  it("any value comes out as it went in, and none can end its quotes", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,10}$/),
          fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
        ),
        (env) => {
          fc.pre(!("AOS_GO" in env));
          expect(readAsShell(goMessage("t.1", env))).toEqual({ ...env, AOS_GO: "t.1" });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("the token comes last, so that half a message starts nothing", () => {
    const message = goMessage("t.1", { A: "1" });
    for (let length = 0; length < message.length - 1; length += 1) expect(message.slice(0, length).endsWith("AOS_GO='t.1'\n")).toBe(false);
  });

  it("what custody sets itself, odd names, zero bytes and too much are refused", () => {
    for (const name of ["AOS_CUSTODY", "HOME", "https_proxy", "AOS_GO"]) expect(environmentRefusal({ [name]: "x" }), name).toBe("env-name");
    for (const name of ["", "1A", "A-B", "A B", "A=B", "A;B", "é"]) expect(environmentRefusal({ [name]: "x" }), name).toBe("env-name");
    expect(environmentRefusal({ A: "a\0b" })).toBe("env-value");
    expect(environmentRefusal({ A: "a".repeat(200_000) })).toBe("env-too-large");
    expect(environmentRefusal({ A: "a\nb'c", _b1: "" })).toBeNull();
  });

  it("a secret's handle in an argument is seen", () => {
    expect(namesSecret(["--token={{vault:shop.api-key}}"])).toBe(true);
    expect(namesSecret(["a secret", "https://secret.example/x"])).toBe(false);
  });

  it("no host is excepted from the proxy", () => {
    expect(proxyEnvironment("http://127.0.0.1:3128")).toMatchObject({
      HTTPS_PROXY: "http://127.0.0.1:3128",
      all_proxy: "http://127.0.0.1:3128",
      NO_PROXY: "",
      no_proxy: "",
    });
  });
});
