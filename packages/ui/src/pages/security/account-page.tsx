import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function AccountPage(): ReactNode {
  return <Page title="Account">…</Page>;
}
