import { Text } from "@mantine/core";
import { clearRun } from "@millrace/api";
import type { ReactNode } from "react";
import { client } from "../../server/client.ts";
import { texts } from "../../texts/index.ts";
import { EmptyState } from "../answer.tsx";
import { ActionDialog } from "./action-dialog.tsx";
import type { RunTarget } from "./action-targets.model.ts";
import { PreviewList } from "./preview-list.tsx";
import { useAction } from "./use-action.ts";

const words = texts.act.queueNew;
/** No task at all: the run only moves to the newest version, which gives it the tasks that it lacks. */
const NONE = { taskIds: [] };

/** Lets the tasks run that a run does not have yet, since its DAG got them later. It is open as long as it is mounted. */
export function QueueNewDialog({
  runs,
  name,
  onClose,
  onDone = onClose,
}: {
  readonly runs: readonly RunTarget[];
  readonly name: string;
  readonly onClose: () => void;
  readonly onDone?: () => void;
}): ReactNode {
  const action = useAction({
    name: ["queueNew"],
    parts: runs.map((run) => ({ run, selectors: [NONE] })),
    touches: ({ version }) => version !== undefined,
    commandOf: (runKey) => ({ kind: "clear", runKey, select: NONE, version: "newest" }),
    send: async (runId, _, ifMatch) => {
      const body = { select: NONE, version: "newest" } as const;
      await client.call(clearRun, { params: { runId }, body }, ifMatch === undefined ? {} : { ifMatch });
      return 0;
    },
    done: (_, count) => words.done(count),
    onDone,
  });
  const isNothing =
    action.summary !== undefined && action.summary.touched.length === 0 && action.summary.refused.length === 0;
  const made = action.summary?.made ?? 0;
  return (
    <ActionDialog
      title={`${words.verb}: ${name}`}
      verb={made === 0 ? words.verb : words.confirm(made)}
      isReady={action.isReady && !isNothing}
      jobs={action.jobs}
      onConfirm={action.confirm}
      onAgain={action.again}
      onClose={onClose}
    >
      <Text size="sm">{words.explain}</Text>
      {isNothing ? <EmptyState title={words.none} /> : <PreviewList action={action} runs={runs.length} />}
    </ActionDialog>
  );
}
