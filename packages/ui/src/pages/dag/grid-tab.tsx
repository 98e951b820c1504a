import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function GridTab(): ReactNode {
  return <Page title="Grid">…</Page>;
}
