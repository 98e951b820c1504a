import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function RolesPage(): ReactNode {
  return <Page title="Roles">…</Page>;
}
