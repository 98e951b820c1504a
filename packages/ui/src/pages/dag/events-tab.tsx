import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function EventsTab(): ReactNode {
  return <Page title="Events">…</Page>;
}
