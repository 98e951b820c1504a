import type { ReactNode } from "react";

/** Being built. */
export function RunGraphTab(): ReactNode {
  return null;
}
