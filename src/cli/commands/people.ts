import { InvalidArgumentError } from "commander";
import { personRoles, type PersonRole } from "../../contract/roles.ts";
import { fill } from "../../words/index.ts";
import { choice, command, type Kit } from "../kit.ts";
import { pickOne } from "../pick.ts";
import type { Session } from "../session.ts";
import { clean, table } from "../table.ts";
import { moment } from "../units.ts";
import { ageText } from "../values.ts";
import { linkText } from "./entry.ts";

/** `aos people [invite|remove]`, `aos devices`, `aos device admit|revoke`. */
export function addPeople({ program, text, act }: Kit): void {
  const people = command(program, "people", text.command.people).action(act(listPeople));
  command(people, "invite", text.command.peopleInvite)
    .argument("<name>", text.head.name)
    .addOption(choice("--role <role>", text.option.role, personRoles).default("viewer"))
    .option("--days <days>", text.option.days, days)
    .action(act<{ role: PersonRole; days?: number }>(invite));
  command(people, "remove", text.command.peopleRemove).argument("<id>", text.option.id).action(act(remove));
  command(program, "devices", text.command.devices).action(act(listDevices));
  const device = command(program, "device", text.command.device);
  command(device, "admit", text.command.deviceAdmit)
    .argument("<id>", text.option.id)
    .option("--person <id>", text.option.person)
    .addOption(choice("--role <role>", text.option.role, personRoles))
    .action(act<{ person?: string; role?: PersonRole }>(admit));
  command(device, "revoke", text.command.deviceRevoke).argument("<id>", text.option.id).action(act(revoke));
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 365) throw new InvalidArgumentError("1 – 365");
  return value;
}

const everyone = (session: Session) => session.ask((aosd, options) => aosd.access.person.list(undefined, options));

async function listPeople(session: Session): Promise<void> {
  const { text, words, language } = session.tongue;
  const { people } = await everyone(session);
  session.show({ people }, () =>
    table(
      [text.head.name, text.head.role, text.head.devices, text.head.until, text.head.id],
      people.map((person) => [
        clean(person.name),
        words.personRole[person.role],
        String(person.devices),
        person.expiresAt === null ? text.word.forever : moment(person.expiresAt, language, session.io.env["TZ"]),
        clean(person.id),
      ]),
      [2],
    ),
  );
}

async function invite(session: Session, [name = ""]: readonly string[], options: { role: PersonRole; days?: number }): Promise<void> {
  const { text, words } = session.tongue;
  const invited = await session.ask((aosd, call) => aosd.access.person.invite({ name, role: options.role, days: options.days ?? null }, call));
  session.show(
    invited,
    () =>
      `${fill(text.say.invited, { name: clean(invited.person.name), role: words.personRole[invited.person.role] })}\n${linkText(invited.link, session.tongue)}`,
  );
}

async function remove(session: Session, [given = ""]: readonly string[]): Promise<void> {
  const { text } = session.tongue;
  const { id } = pickOne((await everyone(session)).people, given);
  const result = await session.ask((aosd, options) => aosd.access.person.remove({ id }, options));
  session.show({ id, ...result }, () => (result.removed ? text.say.removed : text.say.notRemoved));
}

async function listDevices(session: Session): Promise<void> {
  const { text, words } = session.tongue;
  const { devices } = await everyone(session);
  session.show({ devices }, () =>
    table(
      [text.head.name, text.head.kind, text.head.state, text.head.person, text.head.role, text.head.lastSeen, text.head.fingerprint, text.head.id],
      devices.map((device) => [
        device.self ? `${clean(device.name)} ${text.word.self}` : clean(device.name),
        words.deviceKind[device.kind],
        session.paint(words.deviceState[device.state], device.state === "waiting" ? "attention" : "plain"),
        clean(device.personName ?? words.none),
        words.personRole[device.role],
        ageText(device.lastSeenAgeMs, session.tongue),
        device.fingerprint ?? words.none,
        clean(device.id),
      ]),
    ),
  );
}

async function admit(session: Session, [given = ""]: readonly string[], options: { person?: string; role?: PersonRole }): Promise<void> {
  const { people, devices } = await everyone(session);
  const { id } = pickOne(devices, given);
  const person = options.person === undefined ? {} : { personId: pickOne(people, options.person).id };
  const device = await session.ask((aosd, call) =>
    aosd.access.device.admit({ id, ...person, ...(options.role === undefined ? {} : { role: options.role }) }, call),
  );
  session.show({ device }, () => fill(session.tongue.text.say.admitted, { name: clean(device.name) }));
}

async function revoke(session: Session, [given = ""]: readonly string[]): Promise<void> {
  const { id } = pickOne((await everyone(session)).devices, given);
  const device = await session.ask((aosd, options) => aosd.access.device.revoke({ id }, options));
  session.show({ device }, () => fill(session.tongue.text.say.revoked, { name: clean(device.name) }));
}
