import { Stack, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { Panel } from "../../components/page.tsx";
import { TimeField } from "../../components/schema-form/time-field.tsx";
import { texts } from "../../texts/index.ts";
import type { TriggerDraft } from "./trigger-draft.model.ts";

const words = texts.trigger;

/** What a run is called, when it is for, and why it is made; none of it is needed. */
export function RunFields({
  draft,
  onChange,
}: {
  readonly draft: TriggerDraft;
  readonly onChange: (change: Partial<TriggerDraft>) => void;
}): ReactNode {
  return (
    <Panel title={words.run}>
      <Stack gap="md">
        <TimeField
          label={words.logicalDate}
          description={words.logicalDateHint}
          value={draft.logicalDate}
          onChange={(logicalDate) => onChange({ logicalDate })}
        />
        <TimeField
          label={words.runAfter}
          description={words.runAfterHint}
          value={draft.runAfter}
          onChange={(runAfter) => onChange({ runAfter })}
        />
        <TextInput
          label={words.runKey}
          description={words.runKeyHint}
          maxLength={250}
          value={draft.runKey}
          onChange={(event) => onChange({ runKey: event.currentTarget.value })}
        />
        <Textarea
          label={words.note}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={1_000}
          value={draft.note}
          onChange={(event) => onChange({ note: event.currentTarget.value })}
        />
      </Stack>
    </Panel>
  );
}
