import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function RunsPage(): ReactNode {
  return <Page title="Runs">…</Page>;
}
