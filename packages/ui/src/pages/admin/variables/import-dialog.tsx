import { setVariable } from "@millrace/api";
import { Alert, Button, FileInput, Group, List, Modal, Progress, Radio, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { useJobs } from "../../../components/actions/use-jobs.ts";
import { client } from "../../../server/client.ts";
import { describeError } from "../../../server/describe-error.ts";
import { texts } from "../../../texts/index.ts";
import { planImport, readVariables, type FileVariable, type ImportPlan, type Variable } from "./variable-file.model.ts";

const words = texts.admin.variables;

/** Takes variables from a file, after saying which are new and which would be replaced. It is open as long as it is mounted. */
export function ImportDialog({
  present,
  onClose,
}: {
  readonly present: readonly Variable[];
  readonly onClose: () => void;
}): ReactNode {
  const [file, setFile] = useState<readonly FileVariable[] | "broken">();
  const [overwrites, setOverwrites] = useState(false);
  const jobs = useJobs();
  const plan = file && file !== "broken" ? planImport(file, present, { overwrites }) : undefined;
  const wanted = plan ? [...plan.created, ...plan.replaced] : [];
  const start = async (): Promise<void> => {
    const { done, failed } = await jobs.start(wanted.map(jobOf));
    if (done > 0) notifications.show({ color: "teal", message: words.imported(done) });
    if (failed.length === 0) onClose();
  };
  return (
    <Modal opened onClose={onClose} title={words.importTitle} closeButtonProps={{ "aria-label": texts.actions.close }}>
      <Stack>
        <FileInput
          label={words.file}
          description={words.importHint}
          accept="application/json,.json"
          error={file === "broken" && words.importBroken}
          onChange={(chosen) => {
            jobs.reset();
            void chosen?.text().then((text) => setFile(readVariables(text) ?? "broken"));
          }}
        />
        <Radio.Group
          label={words.existing}
          value={String(overwrites)}
          onChange={(choice) => setOverwrites(choice === "true")}
        >
          <Group mt={4}>
            <Radio value="false" label={words.keep} />
            <Radio value="true" label={words.overwrite} />
          </Group>
        </Radio.Group>
        {plan && <PlanText plan={plan} />}
        {jobs.phase === "running" && (
          <Progress value={(100 * (jobs.done + jobs.failed.length)) / jobs.all} aria-label={words.importTitle} />
        )}
        {jobs.failed.length > 0 && (
          <Alert color="red" role="alert" title={words.importFailed(jobs.failed.length, jobs.all)}>
            <List size="sm">
              {jobs.failed.slice(0, 8).map(({ job, error }) => (
                <List.Item key={job.id}>
                  <b>{job.name}</b>: {describeError(error).detail}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button onClick={() => void start()} disabled={wanted.length === 0} loading={jobs.phase === "running"}>
            {wanted.length === 0 ? words.import : words.importVerb(wanted.length)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function jobOf({ key, value, description }: FileVariable): Parameters<ReturnType<typeof useJobs>["start"]>[0][number] {
  return {
    id: key,
    name: key,
    run: async () => {
      await client.call(setVariable, {
        params: { key },
        body: { value, ...(description !== undefined && { description }) },
      });
      return 0;
    },
  };
}

function PlanText({ plan }: { readonly plan: ImportPlan }): ReactNode {
  const parts = [
    words.created(plan.created.length),
    words.replaced(plan.replaced.length),
    words.left(plan.left.length),
  ];
  return (
    <Text size="sm" aria-live="polite">
      {parts.join(", ")}
    </Text>
  );
}
