import { ActionIcon, Button, Group, Stack, Text, Textarea, Tooltip } from "@mantine/core";
import { setRunNote, setTaskNote } from "@millrace/api";
import { NotebookPen } from "lucide-react";
import { useState, type FormEvent, type ReactNode } from "react";
import { client } from "../../server/client.ts";
import { describeError } from "../../server/describe-error.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { useShortcut } from "../shortcuts.ts";
import { useRights } from "./use-rights.ts";

const words = texts.act.note;
const MOST = 1_000;

/** Beside what a note stands: a run, or with a task one of its task instances. */
export interface NoteTarget {
  readonly dagId: string;
  readonly runId: number;
  readonly task?: { readonly taskId: string; readonly mapIndex: number };
}

/** The note of a run or a task instance: read, written, changed and taken away in place; a change can be taken back. */
export function NoteEditor(props: NoteEditorProps): ReactNode {
  const { runId, task } = props.target;
  // What is being written about one thing is not kept for another one.
  return <NoteOf key={JSON.stringify([runId, task?.taskId, task?.mapIndex])} {...props} />;
}

interface NoteEditorProps {
  readonly target: NoteTarget;
  readonly note: string | undefined;
  /** Offers a key; only on the page that is about the target. */
  readonly hasShortcuts?: boolean;
}

function NoteOf({ target, note, hasShortcuts = false }: NoteEditorProps): ReactNode {
  const [draft, setDraft] = useState<string>();
  const rights = useRights(target.dagId);
  const mayEdit = target.task ? rights.clear : rights.markRun;
  const begin = (): void => setDraft(note ?? "");
  useShortcut(
    { keys: "n", label: texts.act.shortcuts.note, group: texts.act.shortcuts.group },
    begin,
    hasShortcuts && mayEdit,
  );
  if (draft !== undefined)
    return (
      <NoteForm target={target} before={note} draft={draft} onChange={setDraft} onClose={() => setDraft(undefined)} />
    );
  if (note === undefined) {
    return mayEdit ? (
      <Button size="compact-sm" variant="subtle" leftSection={<NotebookPen size={14} />} onClick={begin}>
        {words.add}
      </Button>
    ) : null;
  }
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {note}
      </Text>
      {mayEdit && (
        <Tooltip label={words.edit}>
          <ActionIcon variant="subtle" size="sm" aria-label={words.edit} onClick={begin}>
            <NotebookPen size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}

function NoteForm({
  target,
  before,
  draft,
  onChange,
  onClose,
}: {
  readonly target: NoteTarget;
  readonly before: string | undefined;
  readonly draft: string;
  readonly onChange: (draft: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const act = useAct({
    run: async (note: string | null) => {
      await writeNote(target, note);
      onClose();
    },
    done: (_, note) => (note === null ? words.removed : words.saved),
    undo: () => () => writeNote(target, before ?? null),
    showsErrors: false,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    act.mutate(draft.trim() === "" ? null : draft);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" maw={640}>
        <Textarea
          aria-label={words.label}
          placeholder={words.placeholder}
          autosize
          minRows={2}
          maxRows={12}
          maxLength={MOST}
          data-autofocus
          autoFocus
          value={draft}
          onChange={(event) => onChange(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onClose();
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
          }}
          {...(act.error && { error: describeError(act.error).detail })}
        />
        <Group gap="xs">
          <Button type="submit" size="compact-sm" loading={act.isPending}>
            {texts.actions.save}
          </Button>
          <Button size="compact-sm" variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          {draft.length > MOST - 200 && (
            <Text size="xs" c="var(--text-dim)">
              {words.left(MOST - draft.length)}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}

async function writeNote({ runId, task }: NoteTarget, note: string | null): Promise<void> {
  if (task) await client.call(setTaskNote, { params: { runId, ...task }, body: { note } });
  else await client.call(setRunNote, { params: { runId }, body: { note } });
}
