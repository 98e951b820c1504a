import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function ProvidersPage(): ReactNode {
  return <Page title="Providers">…</Page>;
}
