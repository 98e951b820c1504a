import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function AssetPage(): ReactNode {
  return <Page title="Asset">…</Page>;
}
