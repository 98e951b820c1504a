import { listRuns } from "@millrace/api";
import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { AppLink } from "../../../components/app-link.tsx";
import { StateMark, stateWord } from "../../../components/states/state-mark.tsx";
import { useCall } from "../../../server/queries.ts";
import { texts } from "../../../texts/index.ts";

const LOOKED_AT = 100;
const SHOWN = 12;

/** Which of the newest runs ran on a version. */
export function VersionRuns({ dagId, version }: { readonly dagId: string; readonly version: number }): ReactNode {
  const runs = useCall(listRuns, { query: { dagId, limit: LOOKED_AT } }, { live: { about: "runs", dagId } });
  if (!runs.data) return null;
  const used = runs.data.items.filter(({ dagVersion }) => dagVersion === version);
  return (
    <Group gap={2}>
      <Text size="sm" c="var(--text-dim)">
        {texts.graph.code.runsOf(used.length, runs.data.items.length)}
      </Text>
      {used.slice(0, SHOWN).map(({ runKey, runId, state }) => (
        <AppLink
          key={runId}
          to="/dags/$dagId/runs/$runKey"
          params={{ dagId, runKey }}
          title={runKey}
          style={{ lineHeight: 0, padding: 4 }}
        >
          <StateMark state={state} label={`${runKey}: ${stateWord(state)}`} />
        </AppLink>
      ))}
    </Group>
  );
}
