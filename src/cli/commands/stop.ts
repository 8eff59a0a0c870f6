import type { BreakerView } from "../../contract/breaker.ts";
import { fill } from "../../words/index.ts";
import { choice, command, type Kit } from "../kit.ts";
import { pickNode } from "../pick.ts";
import { refusalOf } from "../refusal.ts";
import type { Session } from "../session.ts";
import { clean, table } from "../table.ts";
import { age, moment, show, span } from "../units.ts";

/** `aos stop`, `aos reset`, `aos start`, `aos breaker`, `aos exclude`, `aos settle`, `aos button`. */
export function addStop({ program, text, act }: Kit): void {
  command(program, "stop", text.command.stop).option("--reason <text>", text.option.reason).action(act<{ reason?: string }>(stop));
  command(program, "reset", text.command.reset).action(act((session) => changed(session, (aosd, options) => aosd.breaker.reset(undefined, options))));
  command(program, "start", text.command.start).action(act((session) => changed(session, (aosd, options) => aosd.breaker.start(undefined, options))));
  command(program, "breaker", text.command.breaker).action(act((session) => changed(session, (aosd, options) => aosd.breaker.state(undefined, options))));
  command(program, "exclude", text.command.exclude).argument("<node>", text.option.id).action(act(exclude));
  command(program, "settle", text.command.settle)
    .argument("<act>", text.option.act)
    .addArgument(program.createArgument("<outcome>", text.option.outcome).choices(["done", "not-done"]))
    .action(
      act(async (session, [given = "", outcome = ""]) => {
        await session.ask((aosd, options) => aosd.breaker.settle({ act: given, outcome: outcome === "done" ? "done" : "not-done" }, options));
        session.show({ act: given, outcome }, () => session.tongue.text.say.settled);
      }),
    );
  const button = command(program, "button", text.command.button).action(act(showButton));
  command(button, "ports", text.command.buttonPorts).action(act(ports));
  command(button, "enrol", text.command.buttonEnrol)
    .argument("<port>", text.option.serialPort)
    .addOption(choice("--over <line>", text.option.buttonOver, ["serial", "udp"]).default("serial"))
    .option("--host <address>", text.option.address, "0.0.0.0")
    .option("--port <port>", text.option.udpPort, Number, 0)
    .action(act<{ over: string; host: string; port: number }>(enrol));
  command(button, "forget", text.command.buttonForget).action(
    act(async (session) => {
      const view = await session.ask((aosd, options) => aosd.breaker.button.forget(undefined, options));
      session.show({ button: view }, () => session.tongue.words.buttonState[view.state]);
    }),
  );
}

type Ask = Parameters<Session["ask"]>[0];

async function changed(session: Session, call: (...given: Parameters<Ask>) => Promise<BreakerView>): Promise<void> {
  const view = await session.ask(call);
  session.show(view, () => describe(view, session));
}

/** Stops the rack; where the main node can't be reached, at least this machine, and says so. */
async function stop(session: Session, _: readonly string[], { reason }: { reason?: string }): Promise<void> {
  const input = reason === undefined ? {} : { reason };
  const here = () => session.ask((aosd, options) => aosd.breaker.tripHere(input, options));
  let view: BreakerView;
  try {
    view = await session.ask((aosd, options) => aosd.breaker.trip(input, options));
  } catch (error) {
    if (refusalOf(error).code !== "rack.main-unreachable") throw error;
    const closed = await here();
    session.show({ scope: "here", ...closed }, () => session.tongue.text.say.stoppedHere);
    return;
  }
  session.show(view, () => describe(view, session));
}

async function exclude(session: Session, [given = ""]: readonly string[]): Promise<void> {
  const rack = await session.ask((aosd, options) => aosd.rack.snapshot(undefined, options));
  const { id: nodeId } = pickNode(rack.nodes, given);
  await changed(session, (aosd, options) => aosd.breaker.exclude({ nodeId }, options));
}

async function showButton(session: Session): Promise<void> {
  const { button } = await session.ask((aosd, options) => aosd.breaker.state(undefined, options));
  session.show({ button }, () => buttonLine(button, session));
}

function buttonLine(button: BreakerView["button"], { tongue: { words, language, text } }: Session): string {
  return [
    words.buttonState[button.state],
    ...(button.ageMs === null ? [] : [age(button.ageMs, language)]),
    ...(button.simulated ? [text.word.simulated] : []),
  ].join(" · ");
}

async function ports(session: Session): Promise<void> {
  const found = await session.ask((aosd, options) => aosd.breaker.button.ports(undefined, options));
  session.show(found, () => found.ports.map((port) => [port.path, port.maker ?? ""].map(clean).join("  ")).join("\n") || session.tongue.text.say.noPorts);
}

async function enrol(session: Session, [path = ""]: readonly string[], { over, host, port }: { over: string; host: string; port: number }): Promise<void> {
  session.note(session.tongue.text.say.holdButton);
  const source = over === "udp" ? { kind: "udp" as const, path, host, port } : { kind: "serial" as const, path };
  const button = await session.ask((aosd, options) => aosd.breaker.button.enrol({ source }, options), 40_000);
  session.show({ button }, () => buttonLine(button, session));
}

function describe(view: BreakerView, session: Session): string {
  const { words, text, language } = session.tongue;
  const zone = session.io.env["TZ"];
  const head = session.paint(words.latchState[view.state], view.state === "stopped" ? "failure" : "plain");
  const why = [
    view.cause === null ? "" : words.tripCause[view.cause],
    clean(view.by ?? ""),
    view.since === null ? "" : moment(view.since, language, zone),
    clean(view.reason ?? ""),
    view.onDisk ? "" : text.say.notOnDisk,
  ].filter((part) => part !== "");
  const nodes = table(
    [text.head.name, text.head.state, text.head.gateClosed, text.head.processes, text.head.beat],
    view.nodes.map((node) => [
      clean(node.name),
      words.nodeLatch[node.state],
      show(node.closeTookMs, words.unknown, (ms) => `${Math.round(ms)} ms`),
      node.processes === "unknown"
        ? words.unknown
        : node.processes.alive > 0
          ? fill(text.say.processesAlive, { count: node.processes.alive })
          : node.processes.tookMs === null
            ? text.word.none
            : span(node.processes.tookMs, language),
      node.ackAgeMs === null ? text.word.never : age(node.ackAgeMs, language),
    ]),
    [2, 3],
  );
  const left = view.checks
    .filter((check) => !check.ok)
    .map((check) => `• ${clean(fill(text.resetTodo[check.code], { act: check.act ?? "", ...check.params }))}`);
  return [
    head,
    ...(why.length > 0 ? [session.paint(why.join(" · "), "quiet")] : []),
    "",
    nodes,
    ...(view.state === "stopped" && left.length > 0 ? ["", ...left] : []),
  ].join("\n");
}
