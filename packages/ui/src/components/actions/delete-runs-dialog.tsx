import { Group, List, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { deleteRun } from "@millrace/api";
import type { ReactNode } from "react";
import { client } from "../../server/client.ts";
import { texts } from "../../texts/index.ts";
import { StateBadge } from "../states/state-mark.tsx";
import { TimeText } from "../time-text.tsx";
import { ActionDialog } from "./action-dialog.tsx";
import { hasEnded, type RunTarget } from "./action-targets.model.ts";
import { useJobs, type Job } from "./use-jobs.ts";

const words = texts.act.delete;
const SHOWN = 12;

/** Deletes runs, after asking. It is open as long as it is mounted. */
export function DeleteRunsDialog({
  runs,
  onClose,
  onDone = onClose,
}: {
  readonly runs: readonly RunTarget[];
  readonly onClose: () => void;
  /** After all of them are gone; default: closes. */
  readonly onDone?: () => void;
}): ReactNode {
  const jobs = useJobs();
  const start = async (list: readonly Job[]): Promise<void> => {
    const { done, failed, isStopped } = await jobs.start(list);
    if (done > 0) notifications.show({ color: "teal", message: words.done(done) });
    if (failed.length === 0 && !isStopped) onDone();
  };
  const verb = runs.length === 1 ? words.verb : words.verbMany(runs.length);
  return (
    <ActionDialog
      title={verb}
      verb={verb}
      isDangerous
      isReady
      jobs={jobs}
      onConfirm={() => void start(runs.map(deletionOf))}
      onAgain={(failed) => void start(failed.map(({ job }) => job))}
      onClose={onClose}
    >
      <Text size="sm">{words.explain}</Text>
      <List size="sm" listStyleType="none" spacing={4}>
        {runs.slice(0, SHOWN).map((run) => (
          <List.Item key={run.runId}>
            <Group gap="xs">
              <StateBadge state={run.state} />
              <Text span fw={600} size="sm" style={{ overflowWrap: "anywhere" }}>
                {run.runKey}
              </Text>
              <TimeText at={run.logicalDate} />
            </Group>
          </List.Item>
        ))}
        {runs.length > SHOWN && <List.Item>+ {texts.act.runs(runs.length - SHOWN)}</List.Item>}
      </List>
    </ActionDialog>
  );
}

/** A run that had ended and that somebody let go on since is not deleted unseen. */
function deletionOf({ runId, runKey, state, changeVersion }: RunTarget): Job {
  const how = hasEnded(state) && changeVersion !== undefined ? { ifMatch: changeVersion } : {};
  return {
    id: String(runId),
    name: runKey,
    run: async () => {
      await client.call(deleteRun, { params: { runId } }, how);
      return 0;
    },
  };
}
