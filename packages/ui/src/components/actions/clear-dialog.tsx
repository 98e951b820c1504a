import { Checkbox, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { clearRun } from "@millrace/api";
import { useState, type ReactNode } from "react";
import { client } from "../../server/client.ts";
import { texts } from "../../texts/index.ts";
import { PLAIN_SELECTION, toSelect, withOptions, type RunPart, type SelectorOptions } from "./action-targets.model.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { PreviewList } from "./preview-list.tsx";
import { touchesAnything, touchesByClear } from "./preview-summary.model.ts";
import { useAction, type Action } from "./use-action.ts";

const words = texts.act.clear;

/** What is to be cleared. */
export interface ClearDialogProps {
  readonly parts: readonly RunPart[];
  /** What it is called in the title, like a run's key. */
  readonly name: string;
  readonly onClose: () => void;
  /** After it has worked; default: closes. */
  readonly onDone?: () => void;
}

interface ClearOptions extends SelectorOptions {
  readonly past: boolean;
  readonly future: boolean;
  readonly version: "newest" | "same";
}

/** Lets task instances run again, after showing which. It is open as long as it is mounted. */
export function ClearDialog({ parts, name, onClose, onDone = onClose }: ClearDialogProps): ReactNode {
  const [options, setOptions] = useState<ClearOptions>({
    ...PLAIN_SELECTION,
    // Of runs that failed, people mostly want what failed; the preview says what that is.
    only: parts.every(isFailedRun) ? "failed" : "all",
    past: false,
    future: false,
    version: "newest",
  });
  const { past, future, version } = options;
  const chosen = parts.map(({ run, selectors }) => ({
    run,
    selectors: selectors.map((selector) => withOptions(selector, options)),
  }));
  const action = useAction({
    name: ["clear", version],
    parts: chosen,
    past,
    future,
    // Among several runs, those in which nothing fits are not queued for nothing; a single one may be meant to go on.
    touches: parts.length > 1 || past || future ? touchesByClear : touchesAnything,
    commandOf: (runKey, select) => ({ kind: "clear", runKey, select, version }),
    send: async (runId, selector, ifMatch) => {
      const body = { select: toSelect(selector), version };
      const { changed = 0 } = await client.call(
        clearRun,
        { params: { runId }, body },
        ifMatch === undefined ? {} : { ifMatch },
      );
      return changed;
    },
    done: (changed, runs) => words.done(changed, runs),
    onDone,
  });
  return (
    <ActionDialog
      title={`${words.title} ${name}`}
      verb={verbOf(action)}
      isReady={action.isReady}
      jobs={action.jobs}
      onConfirm={action.confirm}
      onAgain={action.again}
      onClose={onClose}
    >
      <Text size="sm">{words.explain}</Text>
      <Choices parts={parts} options={options} onChange={(change) => setOptions({ ...options, ...change })} />
      <PreviewList action={action} runs={parts.length} />
    </ActionDialog>
  );
}

function isFailedRun({ run, selectors }: RunPart): boolean {
  return run.state === "failed" && selectors.every(({ taskIds }) => taskIds === undefined);
}

function verbOf({ summary }: Action): string {
  if (summary === undefined) return words.verb;
  return summary.total === 0 && summary.touched.length > 0 ? words.confirmRun : words.confirm(summary.total);
}

function Choices({
  parts,
  options,
  onChange,
}: {
  readonly parts: readonly RunPart[];
  readonly options: ClearOptions;
  readonly onChange: (change: Partial<ClearOptions>) => void;
}): ReactNode {
  const [first, ...others] = parts;
  const namesTasks = first?.selectors.some(({ taskIds }) => taskIds !== undefined) ?? false;
  return (
    <Stack gap="sm">
      {namesTasks && (
        <Group gap="md">
          <Choice label={words.upstream} checked={options.upstream} onChange={(upstream) => onChange({ upstream })} />
          <Choice
            label={words.downstream}
            checked={options.downstream}
            onChange={(downstream) => onChange({ downstream })}
          />
          {others.length === 0 && (
            <>
              <Choice label={words.past} checked={options.past} onChange={(past) => onChange({ past })} />
              <Choice label={words.future} checked={options.future} onChange={(future) => onChange({ future })} />
            </>
          )}
        </Group>
      )}
      <Group gap="lg" align="flex-end">
        <Labelled label={words.only}>
          <SegmentedControl
            size="xs"
            aria-label={words.only}
            value={options.only}
            onChange={(only) => onChange({ only: only })}
            data={[
              { value: "all", label: words.all },
              { value: "failed", label: words.onlyFailed },
              { value: "running", label: words.onlyRunning },
            ]}
          />
        </Labelled>
        <Labelled label={words.version}>
          <SegmentedControl
            size="xs"
            aria-label={words.version}
            value={options.version}
            onChange={(version) => onChange({ version: version })}
            data={[
              { value: "newest", label: words.newest },
              {
                value: "same",
                label: first && others.length === 0 ? words.same(first.run.dagVersion) : words.sameMany,
              },
            ]}
          />
        </Labelled>
      </Group>
    </Stack>
  );
}

function Choice(props: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}): ReactNode {
  return (
    <Checkbox
      size="xs"
      label={props.label}
      checked={props.checked}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}

function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <Stack gap={2}>
      <Text size="xs" c="var(--text-dim)" aria-hidden>
        {label}
      </Text>
      {children}
    </Stack>
  );
}
