import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function DependenciesPage(): ReactNode {
  return <Page title="Dependencies">…</Page>;
}
