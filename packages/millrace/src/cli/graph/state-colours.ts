/** Backgrounds of a state: on paper, and on a dark screen. */
export interface StateColours {
  readonly light: string;
  readonly dark: string;
}

/** Green for what is well, red for what is not; every drawing says the state in words or by a sign, too. */
export function stateColours(state: string): StateColours {
  switch (state) {
    case "success":
      return { light: "#d3f3da", dark: "#1c5a30" };
    case "failed":
      return { light: "#ffd6d3", dark: "#8a2520" };
    case "upstream_failed":
      return { light: "#ffe2cc", dark: "#7a4310" };
    case "running":
    case "restarting":
      return { light: "#cfeaf7", dark: "#14536f" };
    case "up_for_retry":
    case "up_for_reschedule":
    case "deferred":
      return { light: "#fff0bf", dark: "#665100" };
    case "queued":
    case "scheduled":
      return { light: "#e6e8eb", dark: "#454c54" };
    case "skipped":
    case "removed":
      return { light: "#f5dff0", dark: "#5c3553" };
    default:
      return { light: "#ffffff", dark: "#21262d" };
  }
}
