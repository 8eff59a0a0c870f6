/** What an argument is, which says how it is checked and what it makes of the act. */
export type ArgumentKind =
  /** Text that leaves this machine or its owner's conversation. */
  | "out"
  /** Text that is kept: a file, a note, a rule. */
  | "stored"
  /** A name or a number that says nothing to anybody outside. */
  | "word"
  | "number"
  | "flag"
  /** Anything that JSON holds; its texts count as outgoing. */
  | "json"
  /** One address or several. */
  | "to"
  /** Files that go along. */
  | "attachments"
  | "path"
  | "url"
  | "host"
  | "handle"
  | "command";

export interface ArgumentSpec {
  kind: ArgumentKind;
  optional: boolean;
}

/** What a tool does with its arguments. */
export type Deed =
  | "read"
  | "write"
  | "move"
  | "delete"
  | "shell"
  | "fetch"
  | "upload"
  | "connect"
  | "send"
  | "publish"
  | "pay"
  | "alert"
  | "conversation"
  | "message-owner"
  | "read-secret"
  | "use-credential"
  | "reveal-credential"
  | "rules"
  | "spawn"
  | "schedule"
  | "safety"
  | "note"
  | "recall";

export interface Tool {
  name: string;
  deed: Deed;
  /** The channel that it sends through, where the arguments don't name it. */
  channel: string | null;
  args: ReadonlyMap<string, ArgumentSpec>;
}

/** `name:kind`, with `?` where it may be left out. */
const tool = (name: string, deed: Deed, args: string, channel: string | null = null): [string, Tool] => [
  name,
  {
    name,
    deed,
    channel,
    args: new Map(
      args
        .split(" ")
        .filter((one) => one !== "")
        .map((one) => {
          const [key = "", kind = ""] = one.split(":");
          return [key.replace("?", ""), { kind: kind as ArgumentKind, optional: key.endsWith("?") }];
        }),
    ),
  },
];

const web = "url:url headers?:json credential?:handle query?:json";
const webBody = `${web} body?:out json?:json form?:json`;

/** The tools that this product knows. Every other name counts as class 3. */
const catalogue = new Map<string, Tool>([
  tool("fs.read", "read", "path:path from?:number to?:number"),
  tool("fs.list", "read", "path:path"),
  tool("fs.search", "read", "path:path query:word"),
  tool("fs.stat", "read", "path:path"),
  tool("fs.write", "write", "path:path text:stored"),
  tool("fs.append", "write", "path:path text:stored"),
  tool("fs.mkdir", "write", "path:path"),
  tool("fs.move", "move", "from:path to:path"),
  tool("fs.copy", "move", "from:path to:path"),
  tool("fs.delete", "delete", "path:path recursive?:flag"),
  tool("shell.run", "shell", "command:command input?:out timeoutMs?:number"),
  tool("http.get", "fetch", web),
  tool("http.head", "fetch", web),
  tool("http.post", "upload", webBody),
  tool("http.put", "upload", webBody),
  tool("http.patch", "upload", webBody),
  tool("http.delete", "upload", webBody),
  tool("net.connect", "connect", "host:host port:number data?:out"),
  tool("dm.reply", "send", "channel:word to:to text:out thread?:word attachments?:attachments"),
  tool("dm.send", "send", "channel:word to:to text:out attachments?:attachments"),
  tool("mail.send", "send", "to:to cc?:to bcc?:to subject:out text:out attachments?:attachments thread?:word", "mail"),
  tool("mail.reply", "send", "to:to cc?:to bcc?:to subject?:out text:out attachments?:attachments thread?:word", "mail"),
  tool("sms.send", "send", "to:to text:out", "sms"),
  tool("post.publish", "publish", "channel:word text:out title?:out attachments?:attachments"),
  tool("owner.message", "message-owner", "text:out title?:out attachments?:attachments"),
  tool("owner.alert", "alert", "text:out title?:out"),
  tool("owner.answer", "conversation", "text:out attachments?:attachments"),
  tool("owner.ask", "conversation", "text:out choices?:json"),
  tool("pay", "pay", "to:to amount:number currency:word note?:out"),
  tool("secret.read", "read-secret", "handle:handle"),
  tool("credential.use", "use-credential", "handle:handle host:host"),
  tool("credential.reveal", "reveal-credential", "handle:handle"),
  tool("soul.edit", "rules", "text:stored"),
  tool("rules.edit", "rules", "text:stored name?:word"),
  tool("memory.policy", "rules", "policy:json"),
  tool("memory.recall", "recall", "query:word limit?:number"),
  tool("memory.write", "note", "text:stored about?:word"),
  tool("task.note", "note", "text:stored"),
  tool("agent.spawn", "spawn", "agent:word task?:word prompt?:stored"),
  tool("schedule.create", "schedule", "when:word task:stored name?:word"),
  tool("schedule.change", "schedule", "id:word when?:word task?:stored name?:word"),
  tool("schedule.delete", "schedule", "id:word"),
]);

/** The tool of that name; undefined: unknown. Anything that would touch safety settings is one tool, whatever its arguments. */
export const toolOf = (name: string): Tool | undefined =>
  catalogue.get(name) ?? (name.startsWith("safety.") ? { name, deed: "safety", channel: null, args: new Map() } : undefined);
