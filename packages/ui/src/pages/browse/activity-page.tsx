import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function ActivityPage(): ReactNode {
  return <Page title="Activity">…</Page>;
}
