import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { setTaskNote, type AnswerOf, type findRun, type getTaskInstance } from "@millrace/api";
import { useState, type ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { Panel } from "../../components/page.tsx";
import { client } from "../../server/client.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";

const MOST_CHARS = 1_000;

/** The note beside a task instance, to be read and written. */
export function NotePanel({
  instance,
  run,
}: {
  readonly instance: AnswerOf<typeof getTaskInstance>;
  readonly run: AnswerOf<typeof findRun>;
}): ReactNode {
  const may = useMay();
  const [draft, setDraft] = useState<string>();
  const { runId, taskId, mapIndex, note } = instance;
  const params = { runId, taskId, mapIndex };
  const { notes } = texts.task;
  const write = async (text: string | null): Promise<unknown> =>
    await client.call(setTaskNote, { params, body: { note: text } });
  const save = useAct({
    run: async (text: string) => {
      await write(text === "" ? null : text);
      setDraft(undefined);
    },
    done: () => notes.saved,
    undo: () => async () => await write(note ?? null),
  });
  const canEdit = may("can_edit", "DAGs", run.dagId) && may("can_edit", "Task Instances");
  if (!canEdit && note === undefined) return null;
  return (
    <Panel
      title={notes.title}
      actions={
        canEdit &&
        draft === undefined && (
          <Button size="compact-sm" variant="default" onClick={() => setDraft(note ?? "")}>
            {note === undefined ? notes.write : texts.actions.edit}
          </Button>
        )
      }
    >
      {draft === undefined ? (
        <Text size="sm" c={note === undefined ? "var(--text-dim)" : undefined} style={{ whiteSpace: "pre-wrap" }}>
          {note ?? notes.none}
        </Text>
      ) : (
        <Stack gap="xs">
          <Textarea
            aria-label={notes.title}
            autosize
            minRows={2}
            maxLength={MOST_CHARS}
            value={draft}
            onChange={(changed) => setDraft(changed.currentTarget.value)}
            data-autofocus
          />
          <Group gap="xs">
            <Button size="compact-sm" loading={save.isPending} onClick={() => save.mutate(draft)}>
              {texts.actions.save}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setDraft(undefined)}>
              {texts.actions.cancel}
            </Button>
          </Group>
        </Stack>
      )}
    </Panel>
  );
}
