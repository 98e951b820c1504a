import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";

/** Being built. */
export function HomePage(): ReactNode {
  return <Page title="Home">…</Page>;
}
