import { getHome } from "@millrace/api";
import { SimpleGrid, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { ImportErrors } from "../../components/import-errors.tsx";
import { Page } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { FailedPanel } from "./failed-panel.tsx";
import { HealthStrip } from "./health-strip.tsx";
import { LatePanel } from "./late-panel.tsx";
import { NextRunsPanel } from "./next-runs-panel.tsx";
import { RunningPanel } from "./running-panel.tsx";

const words = texts.home;
const CALM_MS = 1_500;

/** The start page: whether all is well, what failed, what runs, what is late, and what comes next. */
export function HomePage(): ReactNode {
  const home = useCall(
    getHome,
    {},
    {
      live: { about: "any", of: [{ about: "runs" }, { about: "dags" }, { about: "importErrors" }] },
      calmMs: CALM_MS,
      staleTime: 0,
    },
  );
  return (
    <Page title={words.title}>
      <ImportErrors />
      <Answer
        query={home}
        skeletonRows={14}
        isEmpty={({ dags }) => dags === 0}
        empty={<EmptyState title={words.noDags}>{words.noDagsHint}</EmptyState>}
      >
        {(now) => (
          <Stack gap="md">
            <HealthStrip now={now} />
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: "start" }}>
              <Stack gap="md" miw={0}>
                {now.runs && <FailedPanel failed={now.runs.failed} />}
                <LatePanel now={now} />
              </Stack>
              <Stack gap="md" miw={0}>
                {now.runs && <RunningPanel unfinished={now.runs.running + now.runs.queued} />}
                <NextRunsPanel next={now.nextRuns} />
              </Stack>
            </SimpleGrid>
          </Stack>
        )}
      </Answer>
    </Page>
  );
}
