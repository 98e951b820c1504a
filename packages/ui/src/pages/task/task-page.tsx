import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function TaskPage(): ReactNode {
  return <Page title="Task">…</Page>;
}
