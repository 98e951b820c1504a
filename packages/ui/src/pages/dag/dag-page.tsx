import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function DagPage(): ReactNode {
  return <Page title="Dag">…</Page>;
}
