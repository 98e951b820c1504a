import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function RunPage(): ReactNode {
  return <Page title="Run">…</Page>;
}
