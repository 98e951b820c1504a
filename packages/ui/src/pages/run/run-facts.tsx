import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { AppLink } from "../../components/app-link.tsx";
import { DataText, DistanceText, DurationText, TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import { RunTypeIcon } from "../dag/grid/run-bars.tsx";
import classes from "./run.module.css";
import type { RunWhole } from "./use-run.ts";

const words = texts.run;

/** What a run is about and when it went, in a line of facts: the logical date and the data interval side by side. */
export function RunFacts({ run }: { readonly run: RunWhole }): ReactNode {
  const { dagId, startedAt, endedAt, queuedAt, intervalStart, intervalEnd } = run;
  return (
    <dl className={classes["facts"]}>
      <Fact name={words.logicalDate}>
        <TimeText at={run.logicalDate} />
      </Fact>
      <Fact name={words.interval}>
        <DataText intervalStart={intervalStart} intervalEnd={intervalEnd} />
      </Fact>
      <Fact name={words.runAfter}>
        <TimeText at={run.runAfter} />
      </Fact>
      <Fact name={startedAt === undefined ? words.queued : words.started}>
        <DistanceText at={startedAt ?? queuedAt} />
      </Fact>
      <Fact name={words.duration}>
        <DurationText from={startedAt} to={endedAt} />
      </Fact>
      <Fact name={words.triggeredBy}>
        <RunTypeIcon type={run.runType} /> {run.triggeredBy}
      </Fact>
      <Fact name={words.version}>
        <AppLink to="/dags/$dagId/code" params={{ dagId }} search={{ version: String(run.dagVersion) }}>
          {run.dagVersion}
        </AppLink>
      </Fact>
      {run.clearNumber > 0 && <Fact name={words.cleared}>{words.times(run.clearNumber)}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <Text component="dt" size="xs" c="var(--text-dim)">
        {name}
      </Text>
      <dd>{children}</dd>
    </div>
  );
}
