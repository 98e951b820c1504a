import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function GraphTab(): ReactNode {
  return <Page title="Graph">…</Page>;
}
