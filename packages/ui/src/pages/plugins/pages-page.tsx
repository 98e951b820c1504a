import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function PagesPage(): ReactNode {
  return <Page title="s">…</Page>;
}
