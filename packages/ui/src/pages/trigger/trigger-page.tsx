import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function TriggerPage(): ReactNode {
  return <Page title="Trigger">…</Page>;
}
