import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function PluginTab(): ReactNode {
  return <Page title="Plugin">…</Page>;
}
