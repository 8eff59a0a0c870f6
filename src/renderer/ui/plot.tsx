import { useEffect, useRef } from "react";
import UPlot from "uplot";

interface Props {
  /** Milliseconds since the epoch, rising. */
  at: readonly number[];
  /** As long as `at`; null is a hole in the line. */
  values: readonly (number | null)[];
  band: readonly [number, number];
  min: number;
  max: number;
  /** Plots with the same key move their cursors together. */
  syncKey: string;
  label: string;
  format: (value: number) => string;
  formatTime: (at: number) => string;
  height?: number;
}

const read = (style: CSSStyleDeclaration, name: string) => style.getPropertyValue(name).trim();

/** One line, its usual range drawn in grey, holes left open. The table behind it says the same in words. Colours are read once: give it another key when the theme changes. */
export function Plot({ at, values, band, min, max, syncKey, label, format, formatTime, height = 104 }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const style = getComputedStyle(document.documentElement);
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const [text, line, grid, fill] = [read(style, "--text-3"), read(style, "--series"), read(style, "--line"), read(style, "--band")];
    const axis = { font, stroke: text, ticks: { show: false }, grid: { stroke: grid, width: 1 } };
    const plot = new UPlot(
      {
        width: element.clientWidth,
        height,
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: { sync: { key: syncKey }, y: false, drag: { x: false, y: false }, points: { size: 6 } },
        scales: { x: { time: true }, y: { range: [min, max] } },
        axes: [
          { ...axis, size: 24, values: (_: UPlot, splits: number[]) => splits.map((second) => formatTime(second * 1000)), space: 110 },
          {
            ...axis,
            size: 64,
            values: (_: UPlot, splits: number[]) => splits.map(format),
            splits: () => [min, band[1] < max ? band[1] : max],
            grid: { show: false },
          },
        ],
        series: [{}, { stroke: line, width: 1.5, spanGaps: false, points: { show: false } }],
        hooks: {
          drawClear: [
            (u) => {
              const top = u.valToPos(Math.min(band[1], max), "y", true);
              const bottom = u.valToPos(Math.max(band[0], min), "y", true);
              u.ctx.save();
              u.ctx.globalAlpha = 0.55;
              u.ctx.fillStyle = fill;
              u.ctx.fillRect(u.bbox.left, top, u.bbox.width, bottom - top);
              u.ctx.restore();
            },
          ],
        },
      },
      [at.map((time) => time / 1000), [...values]],
      element,
    );
    const watcher = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [at, values, band, min, max, syncKey, format, formatTime, height]);
  return <div ref={frame} role="img" aria-label={label} className="w-full" style={{ height }} />;
}
