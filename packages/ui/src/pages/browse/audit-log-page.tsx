import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function AuditLogPage(): ReactNode {
  return <Page title="AuditLog">…</Page>;
}
