import type { RunState, TaskState } from "@millrace/api";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./state-mark.module.css";

/** A state that is shown: of a run, of a task instance, or a run that is still planned. */
export type ShownState = RunState | TaskState | "planned";

/** Strokes in a square of 16, so that states are told apart without their colours. */
const GLYPHS: Readonly<Record<ShownState, string>> = {
  success: "M4 8.5l2.8 2.8L12 5.2",
  failed: "M4.8 4.8l6.4 6.4M11.2 4.8l-6.4 6.4",
  running: "M6 4.2l6 3.8-6 3.8z",
  queued: "M5 8h.01M8 8h.01M11 8h.01",
  scheduled: "M8 4v4l2.6 1.6",
  deferred: "M6.2 4.5v7M9.8 4.5v7",
  up_for_retry: "M11.5 6.5A4 4 0 1 0 12 8.6M11.6 3.8v2.8H8.8",
  up_for_reschedule: "M4.5 4h7M4.5 12h7M5 4l6 8M11 4l-6 8",
  restarting: "M11.5 6.5A4 4 0 1 0 12 8.6M11.6 3.8v2.8H8.8",
  upstream_failed: "M8 12V4.5M4.8 7.5L8 4.3l3.2 3.2",
  skipped: "M4.5 4.5l4 3.5-4 3.5M11.5 4.5v7",
  removed: "M4.5 8h7",
  none: "",
  planned: "",
};

/** The word for a state. */
export function stateWord(state: ShownState): string {
  return texts.states[state];
}

/** The colour of a state, as a CSS value that follows light and dark. */
export function stateColor(state: ShownState): string {
  return `var(--state-${state})`;
}

/** The strokes of a state's glyph, as the path of an SVG in a square of 16; empty for states without any. For pictures that draw thousands of them. */
export function stateGlyph(state: ShownState): string {
  return GLYPHS[state];
}

/** The square of a state: its colour and its glyph. Give `label` where no word stands beside it. */
export function StateMark({
  state,
  size = 16,
  label,
}: {
  readonly state: ShownState;
  readonly size?: number;
  readonly label?: string;
}): ReactNode {
  const isHollow = state === "none" || state === "planned" || state === "removed";
  return (
    <svg
      className={classes["mark"]}
      data-state={state}
      data-hollow={isHollow || undefined}
      data-live={state === "running" || undefined}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      style={{ color: stateColor(state) }}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      <rect x="1" y="1" width="14" height="14" rx="3" />
      {GLYPHS[state] !== "" && <path d={GLYPHS[state]} />}
    </svg>
  );
}

/** A state as a mark and a word. */
export function StateBadge({ state }: { readonly state: ShownState }): ReactNode {
  return (
    <span className={classes["badge"]}>
      <StateMark state={state} />
      <span>{stateWord(state)}</span>
    </span>
  );
}
