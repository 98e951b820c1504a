import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef, type ReactNode } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatTime } from "../../time/format-time.model.ts";
import { useZone } from "../../time/preferences.tsx";
import { axisRange, axisTimes } from "./axis-times.model.ts";

/** One line of a chart. */
export interface ChartLine {
  readonly label: string;
  /** A CSS colour; variables are looked up. */
  readonly color: string;
  /** A value for each of the chart's times; null where there is none, undefined where the line just goes on. */
  readonly values: readonly (number | null | undefined)[];
  /** Default "line"; a limit is dashed. */
  readonly shape?: "line" | "area" | "bars" | "step" | "limit";
}

/** Lines over time. */
export interface TimeChartProps {
  /** What it shows, in a sentence, for those who cannot see it. */
  readonly label: string;
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly formatValue?: (value: number) => string;
  readonly height?: number;
  /** Called with the place of the time that was clicked. */
  readonly onPick?: (index: number) => void;
}

/** Draws lines over time in the zone that the person picked; the legend shows the values under the pointer. */
export function TimeChart({
  label,
  times,
  lines,
  formatValue = String,
  height = 220,
  onPick,
}: TimeChartProps): ReactNode {
  const { ref, width } = useElementSize();
  const target = useRef<HTMLDivElement>(null);
  const { zone } = useZone();
  useEffect(() => {
    const place = target.current;
    if (!place || width === 0) return undefined;
    const style = getComputedStyle(document.documentElement);
    const color = (value: string): string =>
      value.replace(/^var\((--[\w-]+)\)$/, (_, name: string) => style.getPropertyValue(name).trim());
    const axis = {
      stroke: color("var(--text-dim)"),
      grid: { stroke: color("var(--line)"), width: 1 },
      ticks: { show: false },
    };
    const chart = new UPlot(
      {
        width,
        height,
        scales: { x: { range: (_, first, last) => axisRange(first, last) } },
        tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), zone),
        axes: [
          { ...axis, values: (_, seconds) => [...axisTimes(seconds, zone)] },
          { ...axis, size: 64, values: (_, values) => values.map((value) => formatValue(value)) },
        ],
        series: [
          { label: "", value: (_, seconds) => (seconds === null ? "–" : formatTime(seconds * 1_000, zone).text) },
          ...lines.map((line) => seriesOf(line, color(line.color), formatValue)),
        ],
        cursor: { points: { size: 6 } },
      },
      [[...times], ...lines.map(({ values }) => [...values])],
      place,
    );
    const pick = (): void => {
      if (chart.cursor.idx !== null && chart.cursor.idx !== undefined) onPick?.(chart.cursor.idx);
    };
    if (onPick) chart.over.addEventListener("click", pick);
    return () => chart.destroy();
  }, [width, height, times, lines, formatValue, zone, onPick]);
  return (
    <div ref={ref} style={{ minHeight: height + 34 }}>
      <div ref={target} role="img" aria-label={label} />
    </div>
  );
}

function seriesOf(line: ChartLine, stroke: string, formatValue: (value: number) => string): UPlot.Series {
  const { bars, stepped } = UPlot.paths;
  return {
    label: line.label,
    stroke,
    width: 1.6,
    value: (_, value) => (value === null || value === undefined ? "–" : formatValue(value)),
    ...(line.shape === "area" && { fill: `${stroke}33` }),
    ...(line.shape === "step" && stepped && { paths: stepped({ align: 1 }) }),
    ...(line.shape === "limit" && { width: 1, dash: [6, 4], points: { show: false } }),
    ...(line.shape === "bars" && bars && { fill: stroke, paths: bars({ size: [0.7, 40] }), points: { show: false } }),
  };
}
