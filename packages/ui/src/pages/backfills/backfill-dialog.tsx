import { createBackfill, getDag, previewBackfill, type Graph } from "@millrace/api";
import { Button, Group, Modal, Stack, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState, type FormEvent, type ReactNode } from "react";
import { Answer, EmptyState, ErrorState } from "../../components/answer.tsx";
import { client } from "../../server/client.ts";
import { useCall } from "../../server/queries.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { BackfillFields } from "./backfill-fields.tsx";
import { BackfillPreview } from "./backfill-preview.tsx";
import { readWish, type BackfillBody, type BackfillDraft } from "./backfill-wish.model.ts";

const words = texts.backfills;
/** A preview is asked for when nobody has typed for so long, in milliseconds. */
const TYPING_MS = 350;

/** The form of a backfill, which says what it would do with each date. It is open as long as it is mounted. */
export function BackfillDialog({
  dagId,
  from,
  to,
  onClose,
}: {
  readonly dagId: string;
  /** ISO 8601. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly onClose: () => void;
}): ReactNode {
  const dag = useCall(getDag, { params: { dagId } });
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.titleOf(dagId)}
      size="xl"
      closeButtonProps={{ "aria-label": texts.actions.close }}
    >
      <Answer query={dag}>
        {({ graph }) => <BackfillForm graph={graph} from={from ?? ""} to={to ?? ""} onClose={onClose} />}
      </Answer>
    </Modal>
  );
}

function BackfillForm({
  graph,
  from,
  to,
  onClose,
}: {
  readonly graph: Graph;
  readonly from: string;
  readonly to: string;
  readonly onClose: () => void;
}): ReactNode {
  const { dagId } = graph;
  const [draft, setDraft] = useState<BackfillDraft>({
    from,
    to,
    reprocess: "none",
    reverse: false,
    maxActiveRuns: "",
    taskIds: [],
    conf: "",
  });
  const wish = readWish(draft);
  const [settled] = useDebouncedValue(wish.kind === "wish" ? JSON.stringify(wish.body) : undefined, TYPING_MS);
  const isCurrent = wish.kind === "wish" && settled === JSON.stringify(wish.body);
  const preview = useCall(
    previewBackfill,
    { params: { dagId }, body: JSON.parse(settled ?? "{}") as BackfillBody },
    { enabled: settled !== undefined, keepsPrevious: true, staleTime: 0, live: { about: "runs", dagId } },
  );
  const act = useAct({
    run: async (body: BackfillBody) => {
      await client.call(createBackfill, { params: { dagId }, body });
      onClose();
    },
    done: () => words.form.begun,
    showsErrors: false,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (wish.kind === "wish") act.mutate(wish.body);
  };
  const counts = preview.data?.counts;
  const count = counts ? counts.create + counts.clear : 0;
  const isReady = isCurrent && count > 0 && !preview.error && !preview.isPlaceholderData;
  return (
    <form onSubmit={submit}>
      <Stack>
        <BackfillFields
          graph={graph}
          draft={draft}
          fault={wish.kind === "fault" ? wish.fault : undefined}
          onChange={(change) => setDraft({ ...draft, ...change })}
        />
        <Title order={3}>{words.form.preview}</Title>
        {settled === undefined ? (
          <EmptyState title={words.form.choose} />
        ) : (
          <BackfillPreview dagId={dagId} query={preview} />
        )}
        {act.error && <ErrorState error={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" disabled={!isReady} loading={act.isPending}>
            {words.form.begin(isReady ? count : 0)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
