import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function CodeTab(): ReactNode {
  return <Page title="Code">…</Page>;
}
