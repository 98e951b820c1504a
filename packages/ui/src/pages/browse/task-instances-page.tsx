import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function TaskInstancesPage(): ReactNode {
  return <Page title="TaskInstances">…</Page>;
}
