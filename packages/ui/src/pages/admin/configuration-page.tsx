import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function ConfigurationPage(): ReactNode {
  return <Page title="Configuration">…</Page>;
}
