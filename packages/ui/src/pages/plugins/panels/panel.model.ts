import type { AnswerOf, getPageData } from "@millrace/api";

/** A panel of a page, as the server sends it. */
export type PagePanel = AnswerOf<typeof getPageData>["panels"][number];
/** One kind of panel. */
export type PanelOf<Kind extends PagePanel["kind"]> = Extract<PagePanel, { readonly kind: Kind }>;
/** Somewhere in the interface. */
export type PagePanelLink = NonNullable<PanelOf<"stat">["link"]>;
/** A word of a list or a table that stands for a state. */
export type PageCellState = PanelOf<"status">["items"][number]["state"];
/** A judgement. */
export type Judgement = NonNullable<PanelOf<"stat">["state"]>;

/** How much of a row a panel takes. */
export type PanelWidth = NonNullable<PagePanel["width"]>;

const WIDTHS: Readonly<Record<PagePanel["kind"], PanelWidth>> = {
  stat: "quarter",
  series: "half",
  bars: "half",
  status: "half",
  table: "full",
  text: "full",
};

/** The width that a panel asks for, or that panels of its kind have. */
export function widthOf({ kind, width }: Pick<PagePanel, "kind" | "width">): PanelWidth {
  return width ?? WIDTHS[kind];
}

/** Whether a state is a judgement, and not one of a run or a task instance. */
export function isJudgement(state: PageCellState): state is Judgement {
  return state === "ok" || state === "warn" || state === "bad";
}

/** Lines over the times of all of them: a value, null for a gap, undefined where a line has no point. */
export interface AlignedSeries {
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly { readonly label: string; readonly values: readonly (number | null | undefined)[] }[];
}

/** Brings the lines of a chart to common times. */
export function alignSeries({ lines }: Pick<PanelOf<"series">, "lines">): AlignedSeries {
  const read = lines.map(({ label, points }) => ({
    label,
    byTime: new Map(points.map(([at, value]) => [Date.parse(at) / 1_000, value])),
  }));
  const times = [...new Set(read.flatMap(({ byTime }) => [...byTime.keys()]))].toSorted((a, b) => a - b);
  return { times, lines: read.map(({ label, byTime }) => ({ label, values: times.map((at) => byTime.get(at)) })) };
}

/** Thresholds that are worth drawing: those which the values come near. Others would squeeze the values into a line. */
export function thresholdsInSight(panel: PanelOf<"series">): NonNullable<PanelOf<"series">["thresholds"]> {
  const values = panel.lines.flatMap(({ points }) => points.flatMap(([, value]) => value ?? []));
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  return (panel.thresholds ?? []).filter(({ value }) => value <= 2 * highest);
}

const numbers = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const shortNumbers = new Intl.NumberFormat("en", { maximumFractionDigits: 1, notation: "compact" });

/** A number for people, with its unit. */
export function formatAmount(value: number, unit?: string): string {
  return unit === undefined ? numbers.format(value) : `${numbers.format(value)} ${unit}`;
}

/** A number for an axis. */
export function formatShort(value: number): string {
  return Math.abs(value) < 10_000 ? numbers.format(value) : shortNumbers.format(value);
}

/** Paragraphs of a text: what stands between empty lines. */
export function paragraphsOf(text: string): readonly string[] {
  return text
    .split(/\n[ \t]*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
