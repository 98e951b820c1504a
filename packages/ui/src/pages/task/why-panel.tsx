import { List, Text } from "@mantine/core";
import { isTerminal, whyRun, type AnswerOf, type findRun, type TaskState } from "@millrace/api";
import { Hourglass } from "lucide-react";
import type { ReactNode } from "react";
import { Callout } from "../../components/callout.tsx";
import { DistanceText } from "../../components/time-text.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";

type Said = AnswerOf<typeof whyRun>["run"][number];

/** Why something does not run now, in the server's words, and what to do. Nothing when nothing keeps it. */
export function WhyPanel({
  run,
  taskId,
  mapIndex,
}: {
  readonly run: AnswerOf<typeof findRun>;
  readonly taskId: string;
  /** Absent: all instances of the task. */
  readonly mapIndex?: number;
}): ReactNode {
  const { runId, dagId } = run;
  const query = { taskId, ...(mapIndex !== undefined && { mapIndex }) };
  const why = useCall(whyRun, { params: { runId }, query }, { live: { about: "runs", dagId, runId } });
  if (!why.data) return null;
  const waiting = why.data.tasks.filter(({ state }) => !isTerminal(state as TaskState) && state !== "running");
  const hasNone = why.data.tasks.length === 0;
  if (waiting.length === 0 && !hasNone) return null;
  const said = unique([...waiting.flatMap((task) => task.said), ...why.data.run]);
  if (said.length === 0) return null;
  return (
    <Callout tone="waiting" icon={<Hourglass size={18} />} title={texts.task.why}>
      <List size="sm" spacing={6} listStyleType={said.length === 1 ? "none" : "disc"}>
        {said.map((each) => (
          <List.Item key={`${each.kind} ${each.reason}`}>
            <Text size="sm" span style={{ overflowWrap: "anywhere" }}>
              {each.reason}
            </Text>
            {each.until !== undefined && (
              <Text size="sm" span c="var(--text-dim)">
                {" "}
                {texts.task.goesOn} <DistanceText at={each.until} />
              </Text>
            )}
            {each.advice !== undefined && (
              <Text size="sm" c="var(--text-dim)">
                {each.advice}
              </Text>
            )}
          </List.Item>
        ))}
      </List>
    </Callout>
  );
}

function unique(said: readonly Said[]): readonly Said[] {
  return [...new Map(said.map((each) => [each.reason, each])).values()];
}
