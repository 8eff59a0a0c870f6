import { resolve } from "node:path";
import { writeBundle } from "../bundle.ts";
import { command, type Kit } from "../kit.ts";
import type { Session, Tone } from "../session.ts";
import { clean, table } from "../table.ts";
import { fill } from "../../words/index.ts";

const bundleWithinMs = 60_000;

/** `aos doctor [--routes]`, `aos support-bundle`. */
export function addDoctor({ program, text, act }: Kit): void {
  command(program, "doctor", text.command.doctor).option("--routes", text.option.routes).action(act<{ routes?: boolean }>(doctor));
  command(program, "support-bundle", text.command.supportBundle).option("--out <file>", text.option.out).action(act<{ out?: string }>(supportBundle));
}

async function doctor(session: Session, _args: readonly string[], options: { routes?: boolean }): Promise<void> {
  if (options.routes === true) return routes(session);
  const { text, words } = session.tongue;
  const { checks } = await session.ask((aosd, call) => aosd.rack.doctor(undefined, call));
  session.show({ ok: checks.every((check) => check.ok !== "no"), checks }, () => {
    const said = { yes: text.word.yes, no: text.word.no, unknown: words.unknown };
    const tones = { yes: "plain", no: "failure", unknown: "attention" } satisfies Record<string, Tone>;
    const rows = checks.map((check) => [
      wordsOf(check.code, text.check),
      session.paint(said[check.ok], tones[check.ok]),
      Object.entries(check.params)
        .map(([key, value]) => clean(`${key}=${value}`))
        .join(" "),
    ]);
    return table([text.head.check, text.head.result, ""], rows);
  });
}

/** A check that is newer than this CLI shows its code. */
function wordsOf(code: string, known: Readonly<Record<string, string>>): string {
  return Object.hasOwn(known, code) ? (known[code] ?? clean(code)) : clean(code);
}

async function routes(session: Session): Promise<void> {
  const { text } = session.tongue;
  const result = await session.ask((aosd, options) => aosd.access.routes(undefined, options));
  session.show(result, () =>
    table(
      [text.head.transport, text.head.listener, text.head.method, text.head.path, text.head.role, text.head.also],
      result.routes.map((route) => [route.transport, route.listener, route.method, route.path, route.role, route.also.join(" ")].map(clean)),
    ),
  );
}

async function supportBundle(session: Session, _args: readonly string[], options: { out?: string }): Promise<void> {
  const { files } = await session.ask((aosd, call) => aosd.rack.supportBundle(undefined, call), bundleWithinMs);
  const path = resolve(options.out ?? "aos-support.tar.gz");
  await writeBundle(path, files);
  session.show({ path, files: files.map((file) => file.name) }, () => fill(session.tongue.text.say.bundleSaved, { path, count: files.length }));
}
