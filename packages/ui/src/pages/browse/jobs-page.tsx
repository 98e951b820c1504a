import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function JobsPage(): ReactNode {
  return <Page title="Jobs">…</Page>;
}
