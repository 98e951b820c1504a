import { Alert, Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { isMillraceError } from "@millrace/api";
import { RefreshCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { describeError } from "../../server/describe-error.ts";
import { texts } from "../../texts/index.ts";
import { ErrorState } from "../answer.tsx";
import type { FailedJob, Jobs } from "./use-jobs.ts";

const words = texts.act;
const SHOWN_FAILURES = 8;

/** An action on one or many runs: what it would do, and, once it is confirmed, how far it is. */
export interface ActionDialogProps {
  readonly title: string;
  /** On the button. */
  readonly verb: string;
  readonly isDangerous?: boolean;
  /** False while it is not known what it would do, or nothing would be done. */
  readonly isReady: boolean;
  readonly jobs: Jobs;
  readonly onConfirm: () => void;
  /** Does again what failed. */
  readonly onAgain: (failed: readonly FailedJob[]) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The frame of an action's dialog. It is shown as long as it is mounted. */
export function ActionDialog(props: ActionDialogProps): ReactNode {
  const { title, verb, isDangerous = false, isReady, jobs, onConfirm, onAgain, onClose, children } = props;
  const isRunning = jobs.phase === "running";
  return (
    <Modal
      opened
      onClose={isRunning ? jobs.stop : onClose}
      title={title}
      size="lg"
      closeButtonProps={{ "aria-label": texts.actions.close }}
    >
      <Stack>
        {jobs.phase === "ended" && <Outcome jobs={jobs} onAgain={onAgain} />}
        {children}
        {isRunning && jobs.all > 1 && <HowFar jobs={jobs} />}
        <Group justify="flex-end">
          {isRunning && jobs.all > 1 ? (
            <Button variant="default" onClick={jobs.stop}>
              {words.stop}
            </Button>
          ) : (
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
          )}
          <Button
            color={isDangerous ? "red" : undefined}
            onClick={onConfirm}
            loading={isRunning}
            disabled={!isReady}
            data-autofocus
          >
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function HowFar({ jobs }: { readonly jobs: Jobs }): ReactNode {
  const ended = jobs.done + jobs.failed.length;
  const text = words.progress(ended, jobs.all);
  return (
    <Stack gap={4}>
      <Progress value={(100 * ended) / jobs.all} aria-label={text} />
      <Text size="xs" c="var(--text-dim)" role="status">
        {text}
      </Text>
    </Stack>
  );
}

/** What could not be done; what could is told elsewhere. */
function Outcome({ jobs, onAgain }: Pick<ActionDialogProps, "jobs" | "onAgain">): ReactNode {
  const { failed, all, done, isStopped } = jobs;
  const [only] = failed;
  if (only && all === 1) {
    const hasChanged = isMillraceError(only.error) && only.error.code === "CHANGED_MEANWHILE";
    return hasChanged ? <ChangedMeanwhile /> : <ErrorState error={only.error} />;
  }
  const left = all - done - failed.length;
  return (
    <>
      {isStopped && left > 0 && <Alert color="yellow">{words.stopped(left)}</Alert>}
      {failed.length > 0 && (
        <Alert color="red" icon={<TriangleAlert size={18} />} title={words.failedSome(failed.length, all)} role="alert">
          <Stack gap="xs" align="flex-start">
            <FailureList failed={failed} />
            <Text size="sm">{words.failedHint}</Text>
            <Button size="compact-sm" variant="default" onClick={() => onAgain(failed)}>
              {words.again}
            </Button>
          </Stack>
        </Alert>
      )}
    </>
  );
}

function ChangedMeanwhile(): ReactNode {
  return (
    <Alert color="yellow" icon={<RefreshCw size={18} />} title={words.changedTitle} role="alert">
      {words.changedText}
    </Alert>
  );
}

function FailureList({ failed }: { readonly failed: readonly FailedJob[] }): ReactNode {
  return (
    <ul style={{ margin: 0, paddingInlineStart: 18 }}>
      {failed.slice(0, SHOWN_FAILURES).map(({ job, error }) => (
        <li key={job.id}>
          <Text size="sm" span style={{ overflowWrap: "anywhere" }}>
            <b>{job.name}</b>: {describeError(error).detail}
          </Text>
        </li>
      ))}
      {failed.length > SHOWN_FAILURES && <li>+ {failed.length - SHOWN_FAILURES}</li>}
    </ul>
  );
}
