import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function PluginsPage(): ReactNode {
  return <Page title="Plugins">…</Page>;
}
