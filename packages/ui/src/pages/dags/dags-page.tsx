import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function DagsPage(): ReactNode {
  return <Page title="Dags">…</Page>;
}
