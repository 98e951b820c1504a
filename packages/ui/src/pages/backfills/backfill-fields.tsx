import type { Graph } from "@millrace/api";
import { Checkbox, Grid, JsonInput, MultiSelect, NumberInput, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { TimeField } from "../../components/schema-form/time-field.tsx";
import { texts } from "../../texts/index.ts";
import type { BackfillDraft } from "./backfill-wish.model.ts";

const words = texts.backfills.form;
/** A DAG may have thousands of tasks; those that are typed for are found. */
const SHOWN_TASKS = 100;

/** What a backfill is made of. */
export function BackfillFields({
  graph,
  draft,
  fault,
  onChange,
}: {
  readonly graph: Graph;
  readonly draft: BackfillDraft;
  readonly fault: "order" | "conf" | undefined;
  readonly onChange: (change: Partial<BackfillDraft>) => void;
}): ReactNode {
  const half = { base: 12, sm: 6 };
  return (
    <Grid gap="sm">
      <Grid.Col span={half}>
        <TimeField label={words.from} isRequired value={draft.from} onChange={(from) => onChange({ from })} />
      </Grid.Col>
      <Grid.Col span={half}>
        <TimeField
          label={words.to}
          isRequired
          error={fault === "order" ? words.order : undefined}
          value={draft.to}
          onChange={(to) => onChange({ to })}
        />
      </Grid.Col>
      <Grid.Col span={half}>
        <Select
          label={words.reprocess}
          allowDeselect={false}
          value={draft.reprocess}
          data={Object.entries(words.reprocessChoices).map(([value, label]) => ({ value, label }))}
          onChange={(reprocess) => onChange({ reprocess: (reprocess ?? "none") as BackfillDraft["reprocess"] })}
        />
      </Grid.Col>
      <Grid.Col span={half}>
        <NumberInput
          label={words.maxActive}
          placeholder={words.maxActiveHint(graph.dag.maxActiveRuns)}
          min={1}
          max={1_000}
          allowDecimal={false}
          value={draft.maxActiveRuns}
          onChange={(value) => onChange({ maxActiveRuns: String(value) })}
        />
      </Grid.Col>
      <Grid.Col span={12}>
        <MultiSelect
          label={words.tasks}
          description={words.tasksHint}
          placeholder={draft.taskIds.length === 0 ? words.tasksAll : undefined}
          searchable
          clearable
          limit={SHOWN_TASKS}
          data={graph.tasks.map(({ taskId }) => taskId)}
          value={[...draft.taskIds]}
          onChange={(taskIds) => onChange({ taskIds })}
        />
      </Grid.Col>
      <Grid.Col span={12}>
        <JsonInput
          label={words.conf}
          description={words.confHint}
          error={fault === "conf" ? words.confBroken : undefined}
          autosize
          minRows={1}
          maxRows={10}
          value={draft.conf}
          onChange={(conf) => onChange({ conf })}
        />
      </Grid.Col>
      <Grid.Col span={12}>
        <Checkbox
          label={words.reverse}
          checked={draft.reverse}
          onChange={(event) => onChange({ reverse: event.currentTarget.checked })}
        />
      </Grid.Col>
    </Grid>
  );
}
