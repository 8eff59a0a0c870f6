import type { Me } from "../../contract/access.ts";
import type { NodeView } from "../../contract/rack.ts";
import { fill } from "../../words/index.ts";
import { command, type Kit } from "../kit.ts";
import type { Tongue } from "../language.ts";
import type { Session } from "../session.ts";
import { clean, table } from "../table.ts";
import { moment, percent, show, celsius } from "../units.ts";
import { ageText, nameOf, rolesText, sentenceText, share, toneOf, upsLine } from "../values.ts";

/** `aos status`, `aos nodes`. */
export function addStatus({ program, text, act }: Kit): void {
  command(program, "status", text.command.status).action(act(status));
  command(program, "nodes", text.command.nodes).action(act(nodes));
}

async function status(session: Session): Promise<void> {
  const { tongue } = session;
  const me = await session.ask((aosd, options) => aosd.access.me(undefined, options));
  const rack = await session.ask((aosd, options) => aosd.rack.snapshot(undefined, options));
  const sentence = { ...rack.sentence, text: sentenceText(rack.sentence, tongue) };
  const result = {
    at: rack.at,
    rackId: rack.rackId,
    name: rack.settings.name,
    demo: rack.demo,
    mainId: rack.mainId,
    sentence,
    nodes: rack.nodes,
    ups: rack.ups,
    repairs: rack.repairs,
    alerts: rack.alerts,
    link: me.link,
  };
  session.show(result, () => {
    const counts = [
      ...(rack.alerts.length > 0 ? [fill(tongue.text.say.alerts, { count: rack.alerts.length })] : []),
      ...(rack.repairs.length > 0 ? [fill(tongue.text.say.repairs, { count: rack.repairs.length })] : []),
    ];
    return [
      session.paint(sentence.text, rack.alerts.some((alert) => alert.severity === "failure") ? "failure" : "plain"),
      session.paint(
        `${clean(rack.settings.name)} · ${fill(tongue.text.say.asOf, { moment: moment(rack.at, tongue.language, session.io.env["TZ"]) })}`,
        "quiet",
      ),
      ...linkLine(me, tongue),
      "",
      nodeTable(rack.nodes, session),
      "",
      upsLine(rack.ups, tongue),
      ...counts,
    ].join("\n");
  });
}

async function nodes(session: Session): Promise<void> {
  const rack = await session.ask((aosd, options) => aosd.rack.snapshot(undefined, options));
  session.show({ at: rack.at, nodes: rack.nodes }, () => nodeTable(rack.nodes, session));
}

function linkLine({ link }: Me, { text, language, words }: Tongue): string[] {
  if (link === null) return [];
  const params = {
    rack: clean(link.rackName),
    address: clean(link.address),
    age: link.lostForMs === null ? words.unknown : ageText(link.lostForMs, { text, language, words }),
  };
  const lines = {
    connected: text.say.linkConnected,
    connecting: text.say.linkConnecting,
    lost: text.say.linkLost,
    waiting: text.say.linkWaiting,
    refused: text.say.linkRefused,
  };
  return [fill(lines[link.state], params)];
}

function nodeTable(all: readonly NodeView[], session: Session): string {
  const { tongue } = session;
  const { words, text, language } = tongue;
  if (all.length === 0) return text.say.noNodes;
  const head = [
    text.head.name,
    text.head.roles,
    text.head.state,
    text.head.beat,
    text.head.cpu,
    text.head.memory,
    text.head.disk,
    text.head.temperature,
    text.head.id,
  ];
  return table(
    head,
    all.map((node) => {
      // Values of a node that is gone stay, greyed: they are as old as its last beat.
      const values = [
        show(node.sample?.cpuPercent, words.unknown, (value) => percent(value, language)),
        share(node.sample?.memoryUsedBytes, node.sample?.memoryTotalBytes, tongue),
        share(node.sample?.diskUsedBytes, node.sample?.diskTotalBytes, tongue),
        show(node.sample?.temperatureC, words.unknown, (value) => celsius(value, language)),
      ].map((value) => session.paint(value, node.state === "online" ? "plain" : "quiet"));
      return [
        nameOf(node, tongue),
        rolesText(node.roles, tongue),
        session.paint(words.nodeState[node.state], toneOf(node.state)),
        ageText(node.beatAgeMs, tongue),
        ...values,
        node.id,
      ];
    }),
    [4, 7],
  );
}
