import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function BackfillsPage(): ReactNode {
  return <Page title="Backfills">…</Page>;
}
