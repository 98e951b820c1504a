import type { Paint } from "../terminal.ts";

const SIGNS = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** The sign of something that runs; it turns with `frame`. */
export function spinner(paint: Paint, frame: number): string {
  return paint.cyan(SIGNS[frame % SIGNS.length]);
}
