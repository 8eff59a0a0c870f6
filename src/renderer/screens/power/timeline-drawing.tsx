import { useTranslation } from "react-i18next";
import type { PlanStep, ShutdownPlan } from "../../../contract/rack.ts";
import { useLanguage } from "../../app/language.tsx";
import { useFormat } from "../../app/use-format.ts";
import { fit } from "../../ui/rack/fit.ts";
import { rolesText } from "../../ui/states.ts";
import { useNodeNames, useWhen } from "./plan-view.tsx";
import { axisOf, earlyEnd, lastKnown, stepAt, xOf, type Axis } from "./timeline.ts";

const left = 132;
const right = 1152;
const firstRow = 44;
const rowPx = 39;
const width = 1160;
const slant = 6;

/** A bar from the power cut to its end, with the cut of the axis cut out of it. */
function barPath(axis: Axis, end: number, y: number): string {
  const [first, second] = axis.segments;
  if (!second || end <= first.right) return `M${left} ${y}H${end}v18H${left}z`;
  return `M${left} ${y}H${first.right + slant / 2}l-${slant} 18H${left}zM${second.left + slant / 2} ${y}H${Math.max(end, second.left + slant)}v18H${second.left - slant / 2}z`;
}

function Row({ step, index, axis }: { step: PlanStep; index: number; axis: Axis }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const nameOf = useNodeNames();
  const at = stepAt(step);
  const y = firstRow + 11 + index * rowPx;
  const end = at === null ? right : xOf(axis, at);
  const text =
    at === 0
      ? t("power.offNow")
      : at !== null
        ? t(step.trigger === "runtime" ? "power.offAbout" : "power.off", { at: format.duration(at * 1000) })
        : step.runtimeBelowSeconds === null
          ? t("power.offByLow")
          : t("power.offByRuntime", { left: format.duration(step.runtimeBelowSeconds * 1000) });
  const inside = end - left > 130;
  return (
    <g>
      <text className="row" x="0" y={y + 8}>
        {fit(nameOf(step.nodeId) ?? "", 13, 120)}
      </text>
      <text className="lab" x="0" y={y + 24}>
        {fit(rolesText(step.roles, words), 12, 122)}
      </text>
      <path className="bar-fill" d={barPath(axis, end, y)} />
      {at === null ? null : <path className="end" d={`M${end} ${y - 3}v24`} />}
      <text className="said" x={inside ? end - 8 : end + 8} y={y + 13} textAnchor={inside ? "end" : "start"}>
        {text}
      </text>
    </g>
  );
}

/** The shutdown plan on a time axis that is cut where it has to be, visibly. */
export function Timeline({ plan }: { plan: ShutdownPlan }) {
  const { t } = useTranslation();
  const { words } = useLanguage();
  const format = useFormat();
  const when = useWhen();
  const nameOf = useNodeNames();
  const rows = plan.steps.filter((step) => step.act === "shut-down");
  const marks = plan.steps.filter((step) => step.act !== "shut-down" && stepAt(step) !== null);
  const axis = axisOf(earlyEnd(plan.steps), Math.max(lastKnown(plan.steps), 60), left, right);
  const foot = firstRow + rows.length * rowPx + 8;
  const said = plan.steps.map((step) => [when(step), nameOf(step.nodeId), words.planAct[step.act]].filter((part) => part !== undefined).join(" ")).join(". ");
  const [first, second] = axis.segments;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
    <div role="region" aria-label={t("power.planFrame")} tabIndex={0} className="overflow-x-auto pt-4">
      <svg className="chart min-w-[860px]" viewBox={`0 0 ${width} ${foot + 28}`} role="img" aria-label={said}>
        <path className="grid-line" d={axis.ticks.map((tick) => `M${tick.x} ${firstRow}V${foot}`).join("")} />
        {axis.ticks.map((tick) => (
          <text key={tick.seconds} x={tick.x} y={foot + 20} textAnchor="middle">
            {format.duration(tick.seconds * 1000)}
          </text>
        ))}
        <path
          className="axis"
          d={
            second
              ? `M${left} ${foot + 0.5}H${first.right}M${second.left} ${foot + 0.5}H${right}M${first.right} ${foot + 5}l5-9M${second.left - 5} ${foot + 5}l5-9`
              : `M${left} ${foot + 0.5}H${right}`
          }
        />
        {marks.map((step, index) => {
          const x = xOf(axis, stepAt(step) ?? 0);
          return (
            <g key={step.id}>
              <path className="mark-line" d={`M${x} ${index % 2 === 0 ? 18 : 38}V${foot}`} />
              <text className="said" x={x} y={index % 2 === 0 ? 12 : 32}>
                {step.act === "notify" ? t("power.cut") : t("power.pause")}
              </text>
            </g>
          );
        })}
        {rows.map((step, index) => (
          <Row key={step.id} step={step} index={index} axis={axis} />
        ))}
      </svg>
    </div>
  );
}
