import { describe, expect, it } from "vitest";
import type { Json } from "./arguments.ts";
import { classify, recipientKey } from "./classify.ts";
import { classOf } from "./decide.ts";
import { around, policyOf } from "./fake-events.ts";
import { hostOf, isListed } from "./hosts.ts";
import { placeOf } from "./paths.ts";

const policy = policyOf(3);
const of = (tool: string, args: Record<string, Json>, cwd: string | null = null) => classify({ tool, args, cwd }, around);
const classes = (tool: string, args: Record<string, Json>) =>
  [...new Set(of(tool, args).facts.parts.map((part) => classOf(part, policy, (to) => to === "kakao:kim")))].toSorted();

describe("classify", () => {
  it.each<[string, Record<string, Json>, string[]]>([
    ["fs.read", { path: "a.md" }, ["1"]],
    ["fs.read", { path: "/srv/shop/a.md" }, ["1"]],
    ["fs.read", { path: "../other/a.md" }, ["1b"]],
    ["fs.read", { path: ".env" }, ["1b"]],
    ["fs.read", { path: "keys/server.pem" }, ["1b"]],
    ["fs.write", { path: "a.md", text: "x" }, ["2"]],
    ["fs.write", { path: "/etc/hosts", text: "x" }, ["3"]],
    ["fs.write", { path: "SOUL.md", text: "x" }, ["9"]],
    ["fs.write", { path: "/var/lib/aos/latch", text: "x" }, ["12"]],
    ["fs.write", { path: ".git/hooks/post-commit", text: "x" }, ["3"]],
    ["fs.move", { from: "a", to: "b" }, ["1", "2"]],
    ["fs.delete", { path: "a" }, ["3"]],
    ["secret.read", { handle: "shop" }, ["1b"]],
    ["shell.run", { command: "ls && rm a" }, ["1", "3"]],
    ["http.get", { url: "https://shop.example/x?y=1" }, ["8a"]],
    ["http.get", { url: "https://user:pw@new.example/" }, ["8b"]],
    ["http.post", { url: "https://shop.example.evil.example/", body: "x" }, ["8b"]],
    ["http.get", { url: "https://api.shop.example/", credential: "shop" }, ["7a", "8b"]],
    ["http.get", { url: "https://new.example/", credential: "shop" }, ["7b", "8b"]],
    ["net.connect", { host: "new.example", port: 25 }, ["8b"]],
    ["dm.reply", { channel: "kakao", to: "kim", text: "x" }, ["5a"]],
    ["dm.reply", { channel: "kakao", to: " KIM ", text: "x" }, ["5a"]],
    ["dm.reply", { channel: "kakao", to: "new", text: "x" }, ["5b"]],
    ["dm.send", { channel: "kakao", to: ["kim", "kim"], text: "x" }, ["5a"]],
    ["dm.send", { channel: "kakao", to: "kim,lee", text: "x" }, ["5b"]],
    ["mail.send", { to: "a@b.example", bcc: ["c@d.example"], subject: "s", text: "t" }, ["5b"]],
    ["mail.send", { to: "a@b.example", subject: "s", text: "t", attachments: ["/etc/passwd"] }, ["1b", "5b"]],
    ["post.publish", { channel: "blog", text: "x" }, ["5b"]],
    ["owner.alert", { text: "x" }, ["4"]],
    ["pay", { to: "lee", amount: 10, currency: "krw" }, ["6"]],
    ["credential.use", { handle: "shop", host: "api.shop.example" }, ["7a"]],
    ["credential.use", { handle: "shop", host: "new.example" }, ["7b"]],
    ["credential.reveal", { handle: "shop" }, ["7b"]],
    ["soul.edit", { text: "x" }, ["9"]],
    ["agent.spawn", { agent: "child" }, ["10"]],
    ["schedule.create", { when: "daily", task: "x" }, ["11"]],
    ["safety.level", { level: 5 }, ["12"]],
    ["safety.anything", {}, ["12"]],
    ["anything.else", { a: 1 }, ["3"]],
    ["anything.else", { a: { b: ["see https://new.example/x"] } }, ["3", "8b"]],
    ["constructor", {}, ["3"]],
    ["fs.read", { path: "a.md", also: "something" }, ["1", "3"]],
  ])("%s %j", (tool, args, expected) => {
    expect(classes(tool, args)).toEqual(expected);
    expect(of(tool, args).facts.problem).toBeNull();
  });

  it.each<[string, Record<string, Json>]>([
    ["fs.read", {}],
    ["fs.read", { path: ["a"] }],
    ["fs.read", { path: "a\0b" }],
    ["pay", { to: "lee", amount: -1, currency: "KRW" }],
    ["pay", { to: "lee", amount: "10", currency: "KRW" }],
    ["dm.reply", { channel: "kakao", to: [], text: "x" }],
    ["dm.reply", { channel: "kakao", to: "kim", text: 7 }],
    ["http.get", { url: "file:///etc/passwd" }],
    ["http.get", { url: "gopher://x" }],
    ["credential.use", { handle: "../x", host: "a.example" }],
  ])("%s %j is no request", (tool, args) => {
    expect(of(tool, args).facts.problem).toBe("bad-request");
  });

  it("judges what is there, not what is said of it", () => {
    const honest = of("shell.run", { command: "rm -rf data" }).facts.parts;
    expect(of("shell.run", { command: "rm -rf data # this only reads" }).facts.parts).toEqual(honest);
    expect(classes("fs.write", { path: "/etc/hosts", text: "this is a harmless read" })).toEqual(["3"]);
  });

  it("counts everybody once, and pays for everybody", () => {
    expect(of("mail.send", { to: ["A@b.example", "a@B.example"], cc: "c@d.example", subject: "s", text: "t" }).facts.count).toBe(2);
    expect(of("pay", { to: ["a", "b", "c"], amount: 1000, currency: "KRW" }).facts.amount).toBe(3000);
    expect(recipientKey("SMS", "+82 10-1234-5678")).toBe("sms:+821012345678");
  });

  it("knows hosts as they are dialled", () => {
    expect(hostOf("HTTPS://Shop.Example:443/x")).toBe("shop.example");
    expect(hostOf("http://shop.example:8080")).toBe("shop.example:8080");
    expect(hostOf("javascript:alert(1)")).toBeNull();
    expect(isListed("a.shop.example", ["*.shop.example"])).toBe(true);
    for (const host of ["shop.example", "evilshop.example", "shop.example.evil.example"]) expect(isListed(host, ["*.shop.example"]), host).toBe(false);
  });

  it("follows links before it says where a path leads", () => {
    const linked = { ...around, resolve: (path: string) => (path.startsWith("/srv/shop/link") ? path.replace("/srv/shop/link", "/elsewhere/kim/.ssh") : path) };
    expect(placeOf("link/id_rsa", null, linked)).toMatchObject({ path: "/elsewhere/kim/.ssh/id_rsa", place: "private" });
    expect(placeOf("a", null, { ...around, resolve: () => null }).place).toBe("unknown");
    expect(placeOf("../../a", "/srv/shop/b", around)).toMatchObject({ place: "private" });
    expect(placeOf("../a", "/srv/shop/b", around)).toMatchObject({ path: "/srv/shop/a", place: "workspace" });
  });
});
