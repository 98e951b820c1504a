import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function CalendarTab(): ReactNode {
  return <Page title="Calendar">…</Page>;
}
