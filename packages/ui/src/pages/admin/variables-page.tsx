import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function VariablesPage(): ReactNode {
  return <Page title="Variables">…</Page>;
}
