import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function GanttTab(): ReactNode {
  return <Page title="Gantt">…</Page>;
}
