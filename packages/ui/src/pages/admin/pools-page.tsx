import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function PoolsPage(): ReactNode {
  return <Page title="Pools">…</Page>;
}
