import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function TokensPage(): ReactNode {
  return <Page title="Tokens">…</Page>;
}
