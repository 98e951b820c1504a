import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function ConnectionsPage(): ReactNode {
  return <Page title="Connections">…</Page>;
}
