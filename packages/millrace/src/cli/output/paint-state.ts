import type { Paint } from "../terminal.ts";

/** A state in its colour. */
export function paintState(state: string, paint: Paint): string {
  return stateInk(state, paint)(state);
}

/** The colour of a state. */
export function stateInk(state: string, paint: Paint): (text: string) => string {
  switch (state) {
    case "success":
      return paint.green;
    case "failed":
    case "upstream_failed":
      return paint.red;
    case "running":
    case "restarting":
      return paint.cyan;
    case "up_for_retry":
    case "up_for_reschedule":
    case "deferred":
      return paint.yellow;
    default:
      return state === "skipped" || state === "removed" ? paint.dim : (text) => text;
  }
}

/** The sign before a line about something in that state, in its colour. */
export function stateSign(state: string, paint: Paint): string {
  const ink = stateInk(state, paint);
  const sign = signOf(state);
  return sign === "·" ? paint.dim(sign) : ink(sign);
}

/** The sign of a state; `isAscii` where nothing else can be shown. */
export function signOf(state: string, isAscii = false): string {
  switch (state) {
    case "success":
      return isAscii ? "+" : "✓";
    case "failed":
    case "upstream_failed":
      return isAscii ? "x" : "✗";
    case "up_for_retry":
      return isAscii ? "~" : "↻";
    case "running":
      return isAscii ? ">" : "▶";
    case "skipped":
      return isAscii ? "-" : "↷";
    default:
      return isAscii ? "." : "·";
  }
}
