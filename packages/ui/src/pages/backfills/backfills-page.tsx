import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";
import { BackfillList } from "./backfill-list.tsx";

/** Backfills of all DAGs. */
export function BackfillsPage(): ReactNode {
  return (
    <Page title={texts.backfills.title}>
      <BackfillList />
    </Page>
  );
}
