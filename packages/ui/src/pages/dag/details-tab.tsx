import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function DetailsTab(): ReactNode {
  return <Page title="Details">…</Page>;
}
