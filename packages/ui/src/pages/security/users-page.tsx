import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function UsersPage(): ReactNode {
  return <Page title="Users">…</Page>;
}
