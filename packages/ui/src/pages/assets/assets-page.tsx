import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function AssetsPage(): ReactNode {
  return <Page title="Assets">…</Page>;
}
