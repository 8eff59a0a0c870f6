import type { PairingWindow } from "../../contract/access.ts";
import { memberRole } from "../../contract/values.ts";
import { fill } from "../../words/index.ts";
import { command, type Kit } from "../kit.ts";
import { refuse } from "../refusal.ts";
import type { Session } from "../session.ts";
import { clean, table } from "../table.ts";
import { age, span } from "../units.ts";
import { rolesText } from "../values.ts";

/** Pairing dials, proves the code and signs a certificate: longer than a plain question. */
const pairWithinMs = 60_000;

interface AddOptions {
  code?: string;
  asNode?: boolean;
  roles?: string;
  asConsole?: boolean;
  deviceName?: string;
}

/** `aos pair open|code|close|add`, `aos found`. */
export function addPair({ program, text, act }: Kit): void {
  const pair = command(program, "pair", text.command.pair);
  command(pair, "open", text.command.pairOpen).action(act((session) => showWindow(session, "open")));
  command(pair, "code", text.command.pairCode).action(act((session) => showWindow(session, "get")));
  command(pair, "close", text.command.pairClose).action(act((session) => showWindow(session, "close")));
  command(pair, "leave", text.command.pairLeave).action(act(leave));
  command(pair, "add", text.command.pairAdd)
    .argument("<address>", text.option.address)
    .option("--code <code>", text.option.code)
    .option("--as-node", text.option.asNode)
    .option("--as-console", text.option.asConsole)
    .option("--roles <roles>", text.option.roles)
    .option("--device-name <name>", text.option.deviceName)
    .action(act<AddOptions>(add));
  command(program, "found", text.command.found).action(act(found));
}

async function showWindow(session: Session, what: "open" | "get" | "close"): Promise<void> {
  const window = await session.ask((aosd, options) => aosd.access.window[what](undefined, options));
  session.show({ window }, () => windowText(window, session));
}

function windowText(window: PairingWindow, { tongue: { text, words, language } }: Session): string {
  if (window.state === "closed") return `${text.say.windowClosed}\n${words.windowReason[window.reason]}`;
  const code = window.code.replace(/^(\d{4})(\d{4})$/, "$1 $2");
  return fill(text.say.windowOpen, { code, time: span(window.leftMs, language), tries: window.triesLeft });
}

async function add(session: Session, [address = ""]: readonly string[], options: AddOptions): Promise<void> {
  const roles = options.roles === undefined ? undefined : rolesOf(options.roles, session);
  const { aosd: own } = await session.ask((aosd, call) => aosd.access.me(undefined, call));
  // Who it is, before anything is asked for or sent.
  const { identity, ...at } = await session.ask((aosd, call) => aosd.access.probe({ address }, call), pairWithinMs);
  const { text } = session.tongue;
  session.note(
    fill(text.say.probing, {
      name: clean(identity.name),
      roles: rolesText(identity.roles, session.tongue),
      serial: clean(identity.serial),
      address: `${clean(at.address)}:${at.port}`,
      fingerprint: identity.fingerprint,
    }),
  );
  const code = options.code ?? (await session.prompt(text.say.askCode, "--code"));
  const asNode = options.asNode === true || roles !== undefined || (own.standing === "rack" && options.asConsole !== true);
  if (asNode) {
    const node = await session.ask((aosd, call) => aosd.rack.node.add({ address, code, ...(roles === undefined ? {} : { roles }) }, call), pairWithinMs);
    session.show({ as: "node", ...node }, () => fill(text.say.added, { name: clean(node.name), fingerprint: node.fingerprint }));
    return;
  }
  const deviceName = options.deviceName ?? session.io.host;
  const joined = await session.ask((aosd, call) => aosd.access.join({ address, code, deviceName }, call), pairWithinMs);
  session.show({ as: "console", ...joined }, () => {
    const said = fill(joined.state === "admitted" ? text.say.joined : text.say.joinWaiting, { rack: clean(joined.rackName) });
    return joined.recoveryKey === null ? said : `${said}\n${fill(text.say.recoveryKey, { key: joined.recoveryKey })}`;
  });
}

type MemberRole = (typeof memberRole.options)[number];

async function leave(session: Session): Promise<void> {
  const left = await session.ask((aosd, call) => aosd.access.leave(undefined, call));
  session.show(left, () => session.tongue.text.say.left);
}

function rolesOf(list: string, { tongue: { text } }: Session): MemberRole[] {
  return list.split(",").map((given) => {
    const role = memberRole.safeParse(given.trim());
    return role.success
      ? role.data
      : refuse("cli.usage", { message: fill(text.usage.badValue, { what: clean(given), allowed: memberRole.options.join(", ") }) });
  });
}

async function found(session: Session): Promise<void> {
  const { tongue } = session;
  const { text, words, language } = tongue;
  const discovery = await session.ask((aosd, options) => aosd.rack.found(undefined, options));
  session.show(discovery, () => {
    const rows = discovery.found.map((one) => [
      clean(one.name),
      rolesText(one.roles, tongue),
      clean(one.rackName ?? text.word.none),
      one.member ? text.word.member : text.word.stranger,
      words.pairing[one.pairing],
      one.addresses.map((address) => `${clean(address)}:${one.port}`).join(" "),
      clean(one.fp),
      words.foundBy[one.foundBy],
      age(one.seenAgeMs, language),
    ]);
    const head = [
      text.head.name,
      text.head.roles,
      text.head.rack,
      "",
      text.head.pairing,
      text.head.address,
      text.head.fingerprint,
      text.head.foundBy,
      text.head.lastSeen,
    ];
    const remark = { starting: text.say.discoveryStarting, listening: undefined, blocked: text.say.discoveryBlocked, off: text.say.discoveryOff }[
      discovery.state
    ];
    return [rows.length === 0 ? text.say.noFound : table(head, rows), ...(remark === undefined ? [] : [session.paint(remark, "attention")])].join("\n");
  });
}
