import { useMemo, type ReactNode } from "react";
import { EmptyState } from "../../../components/answer.tsx";
import { TimeChart, type ChartLine } from "../../../components/charts/time-chart.tsx";
import { texts } from "../../../texts/index.ts";
import { judgementColor } from "./judgement-mark.tsx";
import { alignSeries, formatShort, thresholdsInSight, type PanelOf } from "./panel.model.ts";

/** Colours that differ in lightness, too; the legend names each line and its value. */
const COLORS = [
  "var(--state-running)",
  "var(--state-upstream_failed)",
  "var(--state-deferred)",
  "var(--state-success)",
  "var(--state-skipped)",
  "var(--state-up_for_reschedule)",
  "var(--state-scheduled)",
] as const;

/** Values over time. */
export function SeriesPanel({ panel }: { readonly panel: PanelOf<"series"> }): ReactNode {
  const { times, lines } = useMemo(() => chartOf(panel), [panel]);
  const format = useMemo(() => {
    const { unit } = panel;
    return unit === undefined || unit.length > 4 ? formatShort : (value: number) => `${formatShort(value)} ${unit}`;
  }, [panel]);
  if (times.length === 0) return <EmptyState title={texts.pages.noPoints} />;
  return <TimeChart label={labelOf(panel)} times={times} lines={lines} formatValue={format} height={240} />;
}

function chartOf(panel: PanelOf<"series">): {
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
} {
  const { times, lines } = alignSeries(panel);
  const drawn = lines.map(({ label, values }, index): ChartLine => ({
    label,
    values,
    color: COLORS[index % COLORS.length] ?? COLORS[0],
    shape: panel.shape ?? "line",
  }));
  const limits = thresholdsInSight(panel).map(({ label, value, state }): ChartLine => ({
    label,
    values: times.map(() => value),
    color: state === undefined ? "var(--text-dim)" : judgementColor(state),
    shape: "limit",
  }));
  return { times, lines: [...drawn, ...limits] };
}

function labelOf({ title, hint, lines }: PanelOf<"series">): string {
  return texts.pages.chartOf(
    [title, hint].filter((part) => part !== undefined).join(". "),
    lines.map(({ label }) => label),
  );
}
