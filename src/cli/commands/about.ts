import { readFileSync } from "node:fs";
import { z } from "zod";
import { fill } from "../../words/index.ts";
import { completion, shells } from "../completion.ts";
import { command, type Kit } from "../kit.ts";
import { refusalOf, refuse } from "../refusal.ts";
import type { Session } from "../session.ts";
import { clean } from "../table.ts";

/** The version in package.json. */
export function ownVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** `aos version`, `aos completion`. */
export function addAbout({ program, text, act }: Kit): void {
  command(program, "version", text.command.version).action(act(version));
  command(program, "completion", text.command.completion)
    .argument("<shell>", text.option.shell)
    .action(
      act(async (session, [given = ""]) => {
        const shell = shells.find((one) => one === given);
        if (shell === undefined) refuse("cli.usage", { message: fill(text.usage.badValue, { what: clean(given), allowed: shells.join(", ") }) });
        const script = completion(program, shell);
        session.show({ shell, script }, () => script.trimEnd());
      }),
    );
}

/** Says its own version even when no aosd runs: that is when one asks. */
async function version(session: Session): Promise<void> {
  const { text } = session.tongue;
  const cli = ownVersion();
  const aosd = await session
    .ask((daemon, options) => daemon.access.me(undefined, options))
    .then(
      (me) => me.aosd.version,
      (error: unknown) => {
        if (refusalOf(error).code !== "cli.daemon-not-running") throw error;
        return null;
      },
    );
  session.show({ cli, aosd, node: process.version }, () =>
    aosd === null ? fill(text.say.versionAlone, { cli }) : fill(text.say.versions, { cli, aosd: clean(aosd) }),
  );
}
