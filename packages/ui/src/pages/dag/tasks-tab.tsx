import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function TasksTab(): ReactNode {
  return <Page title="Tasks">…</Page>;
}
