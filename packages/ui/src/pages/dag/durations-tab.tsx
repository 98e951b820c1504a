import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function DurationsTab(): ReactNode {
  return <Page title="Durations">…</Page>;
}
