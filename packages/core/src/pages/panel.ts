import type { RunState, TaskState } from "../model/states.ts";

/** How well something does; the UI has a colour and a shape for each. */
export type PanelState = "ok" | "warn" | "bad";

/** What a word of a table or a list may stand for: a judgement, or a state of a run or a task instance. */
export type CellState = PanelState | RunState | TaskState;

/** Somewhere in the UI: a DAG, a run of it, or a task instance in that run. */
export interface PanelLink {
  readonly dagId: string;
  /** As `ctx.runId` has it. */
  readonly runId?: string;
  readonly taskId?: string;
  /** -1 = not mapped. */
  readonly mapIndex?: number;
}

/** What all panels have. */
interface PanelBase {
  readonly title: string;
  /** A sentence below the title: what is shown, and its unit. */
  readonly hint?: string;
  /** How much of a row it takes on a wide screen. Default: `quarter` for stat, `half` for charts and lists, `full` for tables and texts. */
  readonly width?: "quarter" | "third" | "half" | "full";
}

/** One number or word that people look at first. */
export interface StatPanel extends PanelBase {
  readonly kind: "stat";
  /** null: not known. */
  readonly value: number | string | null;
  readonly unit?: string;
  readonly state?: PanelState;
  readonly link?: PanelLink;
}

/** A value that the lines of a chart should stay below or above. */
export interface Threshold {
  readonly label: string;
  readonly value: number;
  readonly state?: PanelState;
}

/** One line of a chart. */
export interface SeriesLine {
  readonly label: string;
  /** An instant (RFC 3339 with its offset) and the value then; null is a gap. In any order. */
  readonly points: readonly (readonly [at: string, value: number | null])[];
}

/** Values over time. */
export interface SeriesPanel extends PanelBase {
  readonly kind: "series";
  /** Default `line`. */
  readonly shape?: "line" | "area" | "step";
  readonly unit?: string;
  readonly lines: readonly SeriesLine[];
  readonly thresholds?: readonly Threshold[];
}

/** A bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly state?: PanelState;
  readonly link?: PanelLink;
}

/** Amounts side by side, in the order given. */
export interface BarsPanel extends PanelBase {
  readonly kind: "bars";
  readonly unit?: string;
  readonly bars: readonly Bar[];
}

/** A column of a table. */
export interface TableColumn {
  /** Where its cells are in a row. */
  readonly key: string;
  readonly title: string;
  /** How its cells are written: `time` from RFC 3339 in the zone of whoever looks, `duration` from seconds. Default `text`. */
  readonly as?: "text" | "number" | "time" | "duration" | "state";
}

/** A cell; with more than a plain value it has a state or leads somewhere. */
export type TableCell =
  | string
  | number
  | boolean
  | null
  | { readonly value: string | number | null; readonly state?: CellState; readonly link?: PanelLink };

/** Rows and columns. */
export interface TablePanel extends PanelBase {
  readonly kind: "table";
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Readonly<Record<string, TableCell>>[];
  /** What stands there without rows. Default `Nothing here`. */
  readonly empty?: string;
}

/** Something that does well or not. */
export interface StatusItem {
  readonly label: string;
  readonly state: CellState;
  readonly text?: string;
  /** Since when, or as of when: RFC 3339. */
  readonly at?: string;
  readonly link?: PanelLink;
}

/** Many things, and how each of them does. */
export interface StatusPanel extends PanelBase {
  readonly kind: "status";
  readonly items: readonly StatusItem[];
  /** What stands there without items. Default `Nothing here`. */
  readonly empty?: string;
}

/** Words. Plain text: an empty line begins a new paragraph. */
export interface TextPanel extends PanelBase {
  readonly kind: "text";
  readonly text: string;
}

/** A part of a page, drawn by the UI with its own components. */
export type Panel = StatPanel | SeriesPanel | BarsPanel | TablePanel | StatusPanel | TextPanel;
