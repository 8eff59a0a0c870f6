import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { ButtonView } from "../../../contract/breaker.ts";
import { isStale, useBreakerStale, useConsole, useConsoleShallow, useStale } from "../../app/console.tsx";
import { known } from "../../app/format.ts";
import { useLanguage } from "../../app/language.tsx";
import type { GlyphName } from "../../app/status.ts";
import { useFormat } from "../../app/use-format.ts";
import { Age } from "../age.tsx";
import { Glyph } from "../glyph.tsx";
import { nodeGlyph, rolesText, upsGlyph } from "../states.ts";
import { gaps, layoutRacks, type Frame, type Slot } from "./layout.ts";
import { DiskBox, FrameShape, Plate, PowerButton, SmallComputer, Switch, topPx, unitPx, UpsFace } from "./parts.tsx";

/** The numbers a slot fills, as printed on its rails. */
function place(frame: Pick<Frame, "numbers">, slot: { row: number; height: number }): { from: number; to: number } {
  const filled = frame.numbers.slice(slot.row, slot.row + slot.height);
  return { from: Math.min(...filled), to: Math.max(...filled) };
}

interface SlotProps {
  row: number;
  height: number;
  where: string;
}

const NodeUnit = memo(function NodeUnit({ id, row, height, where, selected }: SlotProps & { id: string; selected: boolean }) {
  const { words, language } = useLanguage();
  // The heartbeat's age changes twice a second; only the text below reads it.
  const node = useConsoleShallow((state) => {
    const view = state.nodes[id]?.view;
    // A stop outranks a heartbeat. After power-on it holds everywhere, and says nothing of a single node.
    const latch =
      state.breaker?.state === "stopped" && state.breaker.cause !== "boot" ? state.breaker.nodes.find((one) => one.nodeId === id)?.state : undefined;
    return { name: view?.name ?? "", state: view?.state ?? "offline", roles: view?.roles.join() ?? "", lost: isStale(state), latch };
  });
  const isHalted = node.state === "online" && (node.latch === "closed" || node.latch === "unconfirmed");
  const roles = rolesText(
    node.roles.split(",").filter((one) => one !== ""),
    words,
  );
  const word = node.lost ? words.unknown : isHalted && node.latch ? words.nodeLatch[node.latch] : words.nodeState[node.state];
  const glyph = node.lost ? "unknown" : isHalted ? (node.latch === "closed" ? "stopped" : "unknown") : nodeGlyph(node.state);
  const isStorage = node.roles === "storage";
  return (
    <Plate
      row={row}
      height={height}
      href={`#/nodes/${id}`}
      label={[node.name, word, roles, where].filter((one) => one !== "").join(", ")}
      current={selected}
      lost={node.lost}
      aged={node.state !== "online"}
      glyph={glyph}
      name={node.name}
      word={word}
      role={roles}
      reading={height > 1 ? <NodeAge id={id} /> : undefined}
      wide={language === "en"}
    >
      {isStorage && height > 1 ? <DiskBox /> : <SmallComputer low={height === 1} />}
    </Plate>
  );
});

function NodeAge({ id }: { id: string }) {
  const { beat, at } = useConsoleShallow((state) => ({ beat: state.nodes[id]?.view.beatAgeMs ?? null, at: state.nodes[id]?.receivedAt ?? 0 }));
  return <Age ms={beat} receivedAt={at} />;
}

function UpsUnit({ row, height, where }: SlotProps) {
  const { t } = useTranslation();
  const { words, language } = useLanguage();
  const format = useFormat();
  const lost = useStale();
  const ups = useConsole((state) => state.rack?.ups);
  if (!ups) return null;
  const word = lost ? words.unknown : words.upsState[ups.state];
  const minutes = known(ups.runtimeSeconds) && !lost ? t("rack.minutes", { value: Math.floor(ups.runtimeSeconds / 60) }) : "";
  const role =
    ups.state === "none" ? undefined : t(ups.source === "simulated" ? "rack.batterySimulated" : "rack.battery", { charge: format.percent(ups.chargePercent) });
  return (
    <Plate
      row={row}
      height={height}
      href="#/power"
      label={[t("rack.ups"), word, role ?? "", where].filter((one) => one !== "").join(", ")}
      lost={lost}
      glyph={lost ? "unknown" : upsGlyph(ups.state)}
      name={t("rack.ups")}
      word={word}
      {...(role === undefined ? {} : { role })}
      reading={ups.state === "none" ? undefined : format.watts(ups.powerW)}
      wide={language === "en"}
    >
      {height > 1 ? <UpsFace text={minutes} /> : null}
    </Plate>
  );
}

function SwitchUnit({ row, height, where }: SlotProps) {
  const { t } = useTranslation();
  const { words, language } = useLanguage();
  const lost = useStale();
  const running = useConsole((state) => state.rack?.switch.state === "running");
  const name = t("rack.switch");
  const word = lost || !running ? words.unknown : t("rack.running");
  return (
    <Plate
      row={row}
      height={height}
      label={`${name}, ${word}, ${where}`}
      lost={lost}
      glyph={lost || !running ? "unknown" : "on"}
      name={name}
      word={word}
      wide={language === "en"}
    >
      <Switch />
    </Plate>
  );
}

const buttonGlyphs: Record<ButtonView["state"], GlyphName> = { none: "off", run: "on", stop: "stopped", unknown: "unknown" };

function ButtonUnit({ row, height, where }: SlotProps) {
  const { t } = useTranslation();
  const { words, language } = useLanguage();
  const lost = useBreakerStale();
  const button = useConsole((state) => state.breaker?.button.state) ?? "unknown";
  const name = t("rack.button");
  const word = lost ? words.unknown : words.buttonState[button];
  return (
    <Plate
      row={row}
      height={height}
      href="#/breaker"
      label={`${name}, ${word}, ${where}`}
      lost={lost}
      glyph={lost ? "unknown" : buttonGlyphs[button]}
      name={name}
      word={word}
      wide={language === "en"}
    >
      <PowerButton />
    </Plate>
  );
}

function SlotUnit({ slot, where, selected }: { slot: Slot; where: string; selected: string | null }) {
  switch (slot.kind) {
    case "node":
      return <NodeUnit id={slot.id} row={slot.row} height={slot.height} where={where} selected={selected === slot.id} />;
    case "ups":
      return <UpsUnit row={slot.row} height={slot.height} where={where} />;
    case "switch":
      return <SwitchUnit row={slot.row} height={slot.height} where={where} />;
    case "button":
      return <ButtonUnit row={slot.row} height={slot.height} where={where} />;
  }
}

/** The racks as they stand, alive with state, and the way into every node. */
export function Rack({ selected = null, columns = "" }: { selected?: string | null; columns?: string }) {
  const { t } = useTranslation();
  const settings = useConsole((state) => state.rack?.settings);
  const placed = useConsoleShallow((state) =>
    state.order.map((id) => `${id} ${state.nodes[id]?.view.unit?.from ?? ""} ${state.nodes[id]?.view.unit?.height ?? ""}`),
  );
  if (!settings || placed.length === 0) return null;
  const nodes = placed.map((text) => {
    const [id = "", from = "", height = ""] = text.split(" ");
    return { id, unit: from === "" ? null : { from: Number(from), height: Number(height) } };
  });
  const whereOf = ({ from, to }: { from: number; to: number }) => (from === to ? t("rack.units", { from }) : t("rack.unitRange", { from, to }));
  const frames = layoutRacks({ nodes, units: settings.units, numberedFrom: settings.numberedFrom });
  return (
    <div className={frames.length > 1 ? `grid gap-8 ${columns}` : ""}>
      {frames.map((frame, index) => (
        <svg
          key={frame.slots.map((slot) => (slot.kind === "node" ? slot.id : slot.kind)).join() || index}
          className="rack"
          viewBox={`0 0 348 ${frame.units * unitPx + 2 * topPx + 8}`}
          role="group"
          aria-label={frames.length === 1 ? t("rack.label", { units: frame.units }) : t("rack.labelMore", { number: index + 1, units: frame.units })}
        >
          <FrameShape units={frame.units} numbers={frame.numbers} empty={gaps(frame)} />
          {frame.slots.map((slot) => (
            <SlotUnit key={slot.kind === "node" ? slot.id : slot.kind} slot={slot} where={whereOf(place(frame, slot))} selected={selected} />
          ))}
        </svg>
      ))}
    </div>
  );
}

/** What the shapes mean. */
export function RackKey() {
  const { words } = useLanguage();
  const entries: [GlyphName, string][] = [
    ["on", words.nodeState.online],
    ["late", words.nodeState.late],
    ["failed", words.nodeState.offline],
    ["stopped", words.nodeState.stopped],
    ["off", words.nodeState["off-planned"]],
    ["unknown", words.unknown],
  ];
  return (
    <div aria-hidden="true" className="mt-4 flex flex-wrap gap-x-4 gap-y-1 pl-6.5 text-second text-fg-2 max-mid:pl-0">
      {entries.map(([glyph, word]) => (
        <span key={glyph} className="inline-flex items-center gap-1.5">
          <Glyph name={glyph} />
          {word}
        </span>
      ))}
    </div>
  );
}
