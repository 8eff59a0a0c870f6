import { problemOf, listOf, strange, textsOf, type ActText, type Json } from "./arguments.ts";
import { hostOf, hostsIn, isListed } from "./hosts.ts";
import { destroyClass, placeOf, readClass, writeClass, type Placed, type Places } from "./paths.ts";
import { classifyShell } from "./shell.ts";
import { toolOf, type Tool } from "./tools.ts";
import type { Facts, Part } from "./types.ts";

export interface ActRequest {
  tool: string;
  args: Readonly<Record<string, Json>>;
  cwd: string | null;
}

/** What classification has to ask the outside about; both answer from memory. */
export interface Surroundings extends Places {
  /** Hosts that a stored credential may be used at; null: no such handle. */
  credentialHosts(handle: string): readonly string[] | null;
}

export interface Classified {
  facts: Facts;
  texts: readonly ActText[];
  /** What a person should read first: the text that would go out, the command. It may hold secrets: never log it as it is. */
  body: string | null;
}

/** `channel:address` as recipients are compared: without case, spaces and dashes in numbers. */
export function recipientKey(channel: string, address: string): string {
  const bare = address.trim().toLowerCase().normalize("NFKC");
  return `${channel.trim().toLowerCase()}:${/^[+\d][\d\s()-]+$/.test(bare) ? bare.replace(/[^\d+]/g, "") : bare}`;
}

/** Judges an act by its real payload. What it says of itself is not looked at. */
export function classify(request: ActRequest, around: Surroundings): Classified {
  const tool = toolOf(request.tool);
  const texts = textsOf(tool, request.args);
  const shape = blank(request.tool, tool !== undefined);
  const body = texts.find((one) => one.where === "out" || one.where === "command")?.text ?? texts[0]?.text ?? null;
  if (tool === undefined) return { facts: unknownTool(shape, texts), texts, body };
  const wrong = tool.deed === "safety" ? null : problemOf(tool, request.args);
  if (wrong !== null)
    return {
      facts: { ...shape, problem: "bad-request", parts: [cls("3", "bad-request")], title: { code: "bad", params: { tool: request.tool, argument: wrong } } },
      texts,
      body,
    };
  const known = judge(tool, request, around, shape);
  const parts = tool.deed === "safety" || strange(tool, request.args).length === 0 ? known.parts : [...known.parts, cls("3", "argument")];
  return { facts: { ...known, parts }, texts, body: bodyOf(tool, request.args) ?? body };
}

const cls = (one: Extract<Part, { kind: "class" }>["class"], why: string): Part => ({ kind: "class", class: one, why });

const blank = (tool: string, catalogued: boolean): Facts => ({
  tool,
  catalogued,
  problem: null,
  parts: [],
  channel: null,
  recipients: [],
  count: 0,
  hosts: [],
  paths: [],
  pathsWhole: false,
  amount: null,
  currency: null,
  dials: false,
  owner: null,
  title: { code: "unknown", params: { tool } },
});

/** Unknown code may do anything; the addresses in its arguments are shown. */
function unknownTool(shape: Facts, texts: readonly ActText[]): Facts {
  const hosts = [...new Set(texts.flatMap((one) => hostsIn(one.text)))].slice(0, 32);
  return { ...shape, hosts, dials: true, parts: [cls("3", "unknown-tool"), ...hosts.map((host): Part => ({ kind: "egress", host, get: false }))] };
}

function judge(tool: Tool, { args, cwd }: ActRequest, around: Surroundings, shape: Facts): Facts {
  const text = (name: string) => (typeof args[name] === "string" ? args[name] : "");
  const number = (name: string) => (typeof args[name] === "number" ? args[name] : 0);
  const titled = (code: string, params: Facts["title"]["params"], more: Partial<Facts>): Facts => ({ ...shape, ...more, title: { code, params } });
  const placed = (name: string) => placeOf(text(name), cwd, around);
  const files = (code: string, parts: Part[], ...all: Placed[]) =>
    titled(
      code,
      {
        path: all
          .map((one) => one.path)
          .join(" → ")
          .slice(0, 200),
      },
      { parts, paths: all.map((one) => one.path), pathsWhole: all.every((one) => one.place !== "unknown") },
    );
  const attached = listOf(args["attachments"]).map((path) => cls(readClass(placeOf(path, cwd, around)), "attachment"));
  const credential = (host: string): Part[] => {
    const handle = text("credential") || (tool.deed === "use-credential" ? text("handle") : "");
    return handle === "" ? [] : [{ kind: "credential", handle, host, listed: isListed(host, around.credentialHosts(handle) ?? []) }];
  };
  const reach = (host: string | null, get: boolean, code: string): Facts =>
    host === null
      ? { ...shape, problem: "bad-request", parts: [cls("3", "bad-request")], title: { code: "bad", params: { tool: tool.name, argument: "url" } } }
      : titled(code, { host }, { hosts: [host], parts: [{ kind: "egress", host, get }, ...credential(host)] });
  switch (tool.deed) {
    case "read":
      return files("read", [cls(readClass(placed("path")), "read")], placed("path"));
    case "write":
      return files("write", [cls(writeClass(placed("path")), "write")], placed("path"));
    case "move": {
      const from = placed("from");
      const to = placed("to");
      const source = tool.name === "fs.copy" ? readClass(from) : writeClass(from);
      return files(tool.name === "fs.copy" ? "copy" : "move", [cls(source, "move"), cls(readClass(from), "read"), cls(writeClass(to), "write")], from, to);
    }
    case "delete":
      return files("delete", [cls(destroyClass(placed("path")), "delete")], placed("path"));
    case "shell": {
      const shell = classifyShell(text("command"), cwd, around);
      const hosts = shell.parts.flatMap((part) => (part.kind === "egress" ? [part.host] : []));
      return titled(
        "run",
        { programs: shell.programs.slice(0, 4).join(", ") },
        {
          parts: shell.parts,
          paths: shell.paths,
          pathsWhole: shell.pathsWhole,
          hosts: [...new Set(hosts)],
          dials: shell.dials,
          problem: shell.parsed ? null : "unparsable-command",
        },
      );
    }
    case "fetch":
    case "upload":
      return reach(/^https?:\/\//i.test(text("url")) ? hostOf(text("url")) : null, tool.deed === "fetch", tool.deed);
    case "connect":
      return reach(number("port") > 0 && number("port") < 65_536 ? hostOf(`ssh://${text("host")}:${number("port")}`) : null, false, "connect");
    case "send": {
      const channel = tool.channel ?? text("channel").toLowerCase();
      const everyone = [
        ...new Set(
          [...listOf(args["to"]), ...listOf(args["cc"]), ...listOf(args["bcc"])]
            .flatMap((one) => one.split(/[,;]/))
            .filter((one) => one.trim() !== "")
            .map((one) => recipientKey(channel, one)),
        ),
      ];
      const recipients = everyone.slice(0, 64);
      const to = recipients[0]?.slice(channel.length + 1) ?? "";
      return titled(
        "send",
        { channel, to, count: everyone.length },
        { channel, recipients, count: everyone.length, parts: [{ kind: "send", recipients, count: everyone.length, publish: false }, ...attached] },
      );
    }
    case "publish": {
      const channel = text("channel").toLowerCase();
      const recipients = [recipientKey("post", channel)];
      return titled("publish", { channel }, { channel, recipients, count: 1, parts: [{ kind: "send", recipients, count: 1, publish: true }, ...attached] });
    }
    case "pay": {
      const amount = number("amount");
      const currency = text("currency").toUpperCase();
      const to = listOf(args["to"]).map((one) => recipientKey("pay", one));
      return titled(
        "pay",
        { amount, currency, to: listOf(args["to"])[0] ?? "" },
        {
          channel: "pay",
          recipients: to,
          count: to.length,
          amount: amount * to.length,
          currency,
          parts: [{ kind: "pay", amount: amount * to.length, currency }],
        },
      );
    }
    case "alert":
      return titled("owner", {}, { owner: "alert", parts: [cls("4", "alert")] });
    case "conversation":
      return titled("owner", {}, { owner: attached.length === 0 ? "conversation" : null, parts: [cls("4", "conversation"), ...attached] });
    case "message-owner":
      return titled("owner", {}, { parts: [cls("4", "message"), ...attached] });
    case "read-secret":
      return titled("secret", { handle: text("handle") }, { parts: [cls("1b", "secret")] });
    case "use-credential": {
      const host = hostOf(text("host"));
      return titled(
        "credential",
        { handle: text("handle"), host: host ?? text("host") },
        { hosts: host === null ? [] : [host], parts: host === null ? [cls("7b", "credential")] : credential(host) },
      );
    }
    case "reveal-credential":
      return titled("reveal", { handle: text("handle") }, { parts: [cls("7b", "reveal")] });
    case "rules":
      return titled("rules", { tool: tool.name }, { parts: [cls("9", "rules")] });
    case "spawn":
      return titled("spawn", { agent: text("agent") }, { parts: [cls("10", "spawn")] });
    case "schedule":
      return titled("schedule", { name: text("name") || text("id"), when: text("when") }, { parts: [cls("11", "schedule")] });
    case "safety":
      return titled("safety", { tool: tool.name }, { parts: [cls("12", "safety")] });
    case "note":
      return titled("note", {}, { parts: [cls("2", "note")] });
    case "recall":
      return titled("recall", {}, { parts: [cls("1", "recall")] });
  }
}

/** The argument that a reader should see first. */
function bodyOf(tool: Tool, args: Readonly<Record<string, Json>>): string | null {
  for (const name of ["text", "command", "body", "prompt", "task", "note", "query", "data"]) {
    const value = args[name];
    if (typeof value === "string" && tool.args.has(name)) return value;
  }
  return null;
}
