import type { Paint } from "../terminal.ts";

/** A state in its colour. */
export function paintState(state: string, paint: Paint): string {
  switch (state) {
    case "success":
      return paint.green(state);
    case "failed":
    case "upstream_failed":
      return paint.red(state);
    case "running":
    case "restarting":
      return paint.cyan(state);
    case "up_for_retry":
    case "up_for_reschedule":
    case "deferred":
      return paint.yellow(state);
    default:
      return state === "skipped" || state === "removed" ? paint.dim(state) : state;
  }
}

/** The sign before a line about something in that state. */
export function stateSign(state: string, paint: Paint): string {
  switch (state) {
    case "success":
      return paint.green("✓");
    case "failed":
    case "upstream_failed":
      return paint.red("✗");
    case "up_for_retry":
      return paint.yellow("↻");
    case "running":
      return paint.cyan("▶");
    case "skipped":
      return paint.dim("↷");
    default:
      return paint.dim("·");
  }
}
