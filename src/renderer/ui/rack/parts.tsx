import type { ReactNode } from "react";
import type { GlyphName } from "../../app/status.ts";
import { Glyph, toneOf } from "../glyph.tsx";
import { fit } from "./fit.ts";

/** 1U is 28 units of the drawing; the panel is 308 wide, true to 19 inches. */
export const unitPx = 28;
export const topPx = 14;

interface PlateProps {
  row: number;
  height: number;
  label: string;
  href?: string;
  current?: boolean;
  lost?: boolean;
  aged?: boolean;
  glyph: GlyphName;
  name: string;
  word: string;
  role?: string;
  reading?: ReactNode;
  /** English words are longer: the state column starts further left. */
  wide: boolean;
  children?: ReactNode;
}

/** One thing in the rack: its plate, its name left, its state in one column right, so that a fault breaks a straight line. */
export function Plate({ row, height, label, href, current = false, lost = false, aged = false, glyph, name, word, role, reading, wide, children }: PlateProps) {
  const y = topPx + row * unitPx;
  const tall = height * unitPx;
  const hasSecond = height > 1 && (role !== undefined || reading !== undefined);
  const middle = y + tall / 2;
  const first = hasSecond ? middle - 3 : middle + 4.5;
  const second = middle + 14;
  const stateX = wide ? 247 : 258;
  const nameX = wide ? 142 : 146;
  const nameRoom = stateX - 18 - nameX;
  const screws = height > 1 ? [y + 8, y + tall - 8] : [middle];
  const drawn = (
    <>
      <title>{label}</title>
      <rect className="face" x="30" y={y + 0.5} width="308" height={tall - 1} rx="1.5" />
      <rect className="pick" x="30" y={y + 1} width="3" height={tall - 2} />
      <path className="ear" d={`M42.5 ${y + 1}v${tall - 2}M325.5 ${y + 1}v${tall - 2}`} />
      {screws.map((cy) => (
        <g key={cy}>
          <circle className="screw" cx="36.5" cy={cy} r="2.4" />
          <circle className="screw" cx="331.5" cy={cy} r="2.4" />
        </g>
      ))}
      <g transform={`translate(0 ${middle})`}>{children}</g>
      <text className="name" x={nameX} y={first}>
        {fit(name, 13, nameRoom)}
      </text>
      <text className="st" x={stateX} y={first}>
        {fit(word, 12, 324 - stateX)}
      </text>
      <Glyph name={glyph} size={10.5} x={stateX - 16} y={first - 9.6} className="glyph" />
      {hasSecond && role !== undefined ? (
        <text className="role" x={nameX} y={second}>
          {fit(role, 12, nameRoom + 14)}
        </text>
      ) : null}
      {hasSecond && reading !== undefined ? (
        <text className="rd" x={stateX} y={second}>
          {reading}
        </text>
      ) : null}
      <rect className="sel" x="31" y={y + 1.5} width="306" height={tall - 3} rx="2" />
    </>
  );
  const classes = [lost ? "lost" : "", aged ? "aged" : ""].join(" ").trim();
  if (href === undefined) {
    return (
      <g role="img" aria-label={label} data-tone={toneOf(glyph)} className={classes}>
        {drawn}
      </g>
    );
  }
  return (
    <a href={href} aria-current={current || undefined} data-tone={toneOf(glyph)} className={classes}>
      {drawn}
    </a>
  );
}

/** Faces of the devices, drawn around the middle of their plate. */
export const Switch = () => (
  <>
    <rect className="dev" x="50" y="-9" width="80" height="18" rx="2" />
    {[0, 1].map((line) =>
      [0, 1, 2, 3, 4, 5].map((port) => (
        <rect key={`${line}-${port}`} className="cut" x={54.5 + port * 8.5} y={-6.5 + line * 7} width="6.5" height="5.5" rx="0.75" />
      )),
    )}
    <rect className="cut" x="109.5" y="-6.5" width="16" height="5.5" rx="0.75" />
    <rect className="cut" x="109.5" y="0.5" width="16" height="5.5" rx="0.75" />
  </>
);

export const SmallComputer = ({ low }: { low: boolean }) =>
  low ? (
    <>
      <rect className="dev" x="50" y="-9" width="80" height="18" rx="4" />
      <rect className="cut" x="60" y="-2" width="10" height="4" rx="2" />
      <rect className="cut" x="75" y="-2" width="10" height="4" rx="2" />
      <circle className="lamp" cx="109" cy="0" r="1.4" />
      <circle className="cut" cx="119" cy="0" r="2" />
    </>
  ) : (
    <>
      <path className="det" d="M46 17.5h88" />
      <rect className="dev" x="50" y="-15.5" width="80" height="32" rx="6" />
      <rect className="cut" x="60" y="-1.5" width="10" height="4" rx="2" />
      <rect className="cut" x="75" y="-1.5" width="10" height="4" rx="2" />
      <circle className="lamp" cx="109" cy="0.5" r="1.4" />
      <circle className="cut" cx="119" cy="0.5" r="2" />
    </>
  );

export const DiskBox = () => (
  <>
    <path className="det" d="M46 20.5h88" />
    <rect className="dev" x="50" y="-20.5" width="80" height="40" rx="4" />
    {[0, 1, 2, 3].map((bay) => (
      <g key={bay} transform={`translate(${bay * 18} 0)`}>
        <rect className="cut" x="54.5" y="-16" width="16" height="31" rx="1.5" />
        <path className="det" d="M58.5 -11h8" />
        <circle className="lamp" cx="62.5" cy="9.5" r="1.2" />
      </g>
    ))}
  </>
);

export const PowerButton = () => (
  <>
    <circle className="det" cx="62" cy="0" r="11" />
    <circle className="dev" cx="62" cy="0" r="8" />
    <path className="det" d="M84 -3h46M84 0h46M84 3h46" />
  </>
);

export const UpsFace = ({ text }: { text: string }) => (
  <>
    <rect className="dev" x="50" y="-19" width="80" height="38" rx="4" />
    <rect className="cut" x="55" y="-14" width="46" height="28" rx="2" />
    <text className="lcd" x="78" y="5">
      {text}
    </text>
    <circle className="cut" cx="115.5" cy="0" r="7" />
    <path className="det" d="M115.5 -4.5v4.5M112.6 -2.8a4 4 0 1 0 5.8 0" />
  </>
);

/** Frame, void and the numbers of the rails. */
export function FrameShape({ units, numbers, empty }: { units: number; numbers: readonly number[]; empty: readonly { row: number; height: number }[] }) {
  const inner = units * unitPx;
  const outer = inner + 2 * topPx;
  const ticks = numbers.map((_, row) => `M17 ${topPx + row * unitPx}h5`).join("") + `M17 ${topPx + inner}h5`;
  return (
    <g aria-hidden="true">
      <path className="frame" d={`M44 ${outer}h22v6h-22zM298 ${outer}h22v6h-22z`} />
      <rect className="frame" x="22.5" y="0.5" width="323" height={outer - 0.5} rx="4" />
      <path className="det" d={`M140 7h88M140 ${outer - 7}h88`} strokeDasharray="6 4" />
      <rect className="void" x="30" y={topPx} width="308" height={inner} />
      {numbers.map((number, row) => (
        <text key={number} className="u" x="14" y={topPx + row * unitPx + 17.4}>
          {number}
        </text>
      ))}
      <path className="tick" d={ticks} />
      {empty.map((gap) => {
        const y = topPx + gap.row * unitPx;
        return (
          <g key={gap.row}>
            <path className="ear" d={`M42.5 ${y}v${gap.height * unitPx}M325.5 ${y}v${gap.height * unitPx}`} />
            {Array.from({ length: gap.height * 3 }, (_, hole) => (
              // oxlint-disable-next-line react/no-array-index-key -- holes have no identity
              <g key={hole}>
                <rect className="hole" x="34.5" y={y + 2.5 + hole * 9.33} width="4" height="4" rx="0.75" />
                <rect className="hole" x="329.5" y={y + 2.5 + hole * 9.33} width="4" height="4" rx="0.75" />
              </g>
            ))}
          </g>
        );
      })}
    </g>
  );
}
