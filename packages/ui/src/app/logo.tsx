import type { ReactNode } from "react";

/** Two streams of a mill race. */
export function Logo({ size = 26 }: { readonly size?: number }): ReactNode {
  return <img src="/favicon.svg" width={size} height={size} alt="" />;
}
