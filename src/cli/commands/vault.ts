import { readFileSync } from "node:fs";
import { command, type Kit } from "../kit.ts";
import { refuse } from "../refusal.ts";
import type { Session } from "../session.ts";
import { clean, table } from "../table.ts";
import { bytes, moment, show } from "../units.ts";

/** `aos secrets`, `aos egress`, `aos runtimes`. */
export function addVault({ program, text, act }: Kit): void {
  const secrets = command(program, "secrets", text.command.secrets).action(act(list));
  command(secrets, "set", text.command.secretsSet)
    .argument("<handle>", text.option.handle)
    .option("--host <host...>", text.option.hosts)
    .option("--note <text>", text.option.note)
    .option("--value-file <file>", text.option.valueFile)
    .action(act<{ host?: string[]; note?: string; valueFile?: string }>(set));
  command(secrets, "remove", text.command.secretsRemove)
    .argument("<handle>", text.option.handle)
    .action(
      act(async (session, [handle = ""]) => {
        await session.ask((aosd, options) => aosd.breaker.secrets.remove({ handle }, options));
        session.show({ handle }, () => session.tongue.text.say.removed);
      }),
    );
  const egress = command(program, "egress", text.command.egress).action(act(showEgress));
  command(egress, "allow", text.command.egressAllow)
    .argument("<host>", text.option.host)
    .action(act((session, [host = ""]) => changeEgress(session, (aosd, options) => aosd.breaker.egress.allow({ host }, options))));
  command(egress, "disallow", text.command.egressDisallow)
    .argument("<host>", text.option.host)
    .action(act((session, [host = ""]) => changeEgress(session, (aosd, options) => aosd.breaker.egress.disallow({ host }, options))));
  command(egress, "mode", text.command.egressMode)
    .addArgument(program.createArgument("<mode>", text.option.egressMode).choices(["isolated", "hybrid"]))
    .action(
      act((session, [mode]) =>
        changeEgress(session, (aosd, options) => aosd.breaker.egress.mode({ mode: mode === "hybrid" ? "hybrid" : "isolated" }, options)),
      ),
    );
  const runtimes = command(program, "runtimes", text.command.runtimes).action(act(listRuntimes));
  command(runtimes, "add", text.command.runtimesAdd).argument("<name>", text.option.runtimeName).action(act(addRuntime));
  command(runtimes, "remove", text.command.runtimesRemove)
    .argument("<id>", text.option.id)
    .action(
      act(async (session, [id = ""]) => {
        await session.ask((aosd, options) => aosd.breaker.runtimes.remove({ id }, options));
        session.show({ id }, () => session.tongue.text.say.removed);
      }),
    );
}

async function list(session: Session): Promise<void> {
  const vault = await session.ask((aosd, options) => aosd.breaker.secrets.list(undefined, options));
  const { text, language } = session.tongue;
  const at = (value: number | null) => (value === null ? text.word.never : moment(value, language, session.io.env["TZ"]));
  session.show(vault, () => {
    if (vault.state === "locked") return text.say.vaultLocked;
    if (vault.secrets.length === 0) return text.say.noSecrets;
    return table(
      [text.head.name, text.head.target, text.head.since, text.head.lastUsed],
      vault.secrets.map((one) => [one.handle, one.hosts.join(", ") || text.word.none, at(one.at), at(one.usedAt)]),
    );
  });
}

/** The value comes from a file or the terminal, never from the arguments: other people's programs can read those. */
async function set(
  session: Session,
  [handle = ""]: readonly string[],
  { host = [], note, valueFile }: { host?: string[]; note?: string; valueFile?: string },
): Promise<void> {
  const value = valueFile === undefined ? await session.prompt(session.tongue.text.say.askSecret, "--value-file", true) : readValue(valueFile);
  const secret = await session.ask((aosd, options) =>
    aosd.breaker.secrets.set({ handle, value, hosts: host, ...(note === undefined ? {} : { note }) }, options),
  );
  session.show({ secret }, () => session.tongue.text.say.secretSaved);
}

function readValue(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    return refuse("cli.file-failed", { path, detail: error instanceof Error ? error.message : String(error) });
  }
}

type Ask = Parameters<Session["ask"]>[0];
type Egress = Awaited<ReturnType<Parameters<Ask>[0]["breaker"]["egress"]["view"]>>;

const showEgress = (session: Session) => changeEgress(session, (aosd, options) => aosd.breaker.egress.view({}, options));

async function changeEgress(session: Session, call: (...given: Parameters<Ask>) => Promise<Egress>): Promise<void> {
  const view = await session.ask(call);
  const { text, words, language } = session.tongue;
  session.show(view, () =>
    [
      words.egressMode[view.mode],
      view.hosts.length === 0 ? text.say.noHosts : view.hosts.map(({ host }) => host).join("  "),
      "",
      table(
        [text.head.when, text.head.target, text.head.bytesOut, text.head.result],
        view.rows.map((row) => [
          moment(row.at, language, session.io.env["TZ"]),
          clean(`${row.host}:${row.port}`),
          show(row.bytesOut, words.unknown, (value) => bytes(value, language)),
          words.egressOutcome[row.outcome],
        ]),
        [2],
      ),
    ].join("\n"),
  );
}

async function listRuntimes(session: Session): Promise<void> {
  const found = await session.ask((aosd, options) => aosd.breaker.runtimes.list(undefined, options));
  const { text } = session.tongue;
  session.show(found, () =>
    found.runtimes.length === 0
      ? text.say.noRuntimes
      : table(
          [text.head.id, text.head.name],
          found.runtimes.map((one) => [one.id, clean(one.name)]),
        ),
  );
}

async function addRuntime(session: Session, [name = ""]: readonly string[]): Promise<void> {
  const added = await session.ask((aosd, options) => aosd.breaker.runtimes.add({ name }, options));
  session.show(added, () => session.tongue.text.say.runtimeToken.replace("{{token}}", added.token));
}
