import { listSchedulers } from "@millrace/api";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { SchedulerTable } from "./scheduler-table.tsx";
import { useTicks } from "./use-ticks.ts";

const words = texts.browse.jobs;
const HEARTBEAT_MS = 5_000;

/** Schedulers that have not ended, and when each was last heard of. */
export function JobsPage(): ReactNode {
  const schedulers = useCall(listSchedulers, {}, { staleTime: 0 });
  // Heartbeats are no events: nobody else needs them.
  useTicks(() => void schedulers.refetch(), HEARTBEAT_MS);
  return (
    <Page title={words.title} subtitle={words.explain}>
      <Panel padded={false}>
        <Answer
          query={schedulers}
          isEmpty={({ items }) => items.length === 0}
          empty={<EmptyState title={words.none}>{words.noneHint}</EmptyState>}
        >
          {({ items }) => <SchedulerTable schedulers={items} />}
        </Answer>
      </Panel>
    </Page>
  );
}
