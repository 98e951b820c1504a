import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function WebhooksPage(): ReactNode {
  return <Page title="Webhooks">…</Page>;
}
