import { SegmentedControl, Text } from "@mantine/core";
import { markWholeRun } from "@millrace/api";
import { useState, type ReactNode } from "react";
import { client } from "../../server/client.ts";
import { texts } from "../../texts/index.ts";
import { StateBadge } from "../states/state-mark.tsx";
import { ActionDialog } from "./action-dialog.tsx";
import { wholeRuns, type RunTarget } from "./action-targets.model.ts";
import { PreviewList } from "./preview-list.tsx";
import { useAction } from "./use-action.ts";

const words = texts.act.mark;
const STATES = ["success", "failed"] as const;

/** Sets the state of whole runs, after showing what becomes of their task instances. It is open as long as it is mounted. */
export function MarkRunsDialog({
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
  const [state, setState] = useState<(typeof STATES)[number]>(
    runs.every((run) => run.state === "success") ? "failed" : "success",
  );
  const action = useAction({
    name: ["markRun", state],
    parts: wholeRuns(runs),
    commandOf: (runKey) => ({ kind: "markRun", runKey, state }),
    send: async (runId, _, ifMatch) => {
      const how = ifMatch === undefined ? {} : { ifMatch };
      const { changed = 0 } = await client.call(markWholeRun, { params: { runId }, body: { state } }, how);
      return changed;
    },
    done: (_, count) => words.doneRuns(count, texts.states[state]),
    onDone,
  });
  return (
    <ActionDialog
      title={`${words.title} … ${name}`}
      verb={words.confirmRuns(action.summary?.touched.length ?? runs.length, texts.states[state])}
      isDangerous={state === "failed"}
      isReady={action.isReady}
      jobs={action.jobs}
      onConfirm={action.confirm}
      onAgain={action.again}
      onClose={onClose}
    >
      <SegmentedControl
        aria-label={words.state}
        value={state}
        onChange={(value) => setState(value)}
        data={STATES.map((each) => ({ value: each, label: <StateBadge state={each} /> }))}
      />
      <Text size="sm">{words.explainRun[state]}</Text>
      <PreviewList action={action} runs={runs.length} />
    </ActionDialog>
  );
}
