import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function WorkersPage(): ReactNode {
  return <Page title="Workers">…</Page>;
}
