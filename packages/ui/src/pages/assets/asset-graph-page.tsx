import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function AssetGraphPage(): ReactNode {
  return <Page title="AssetGraph">…</Page>;
}
