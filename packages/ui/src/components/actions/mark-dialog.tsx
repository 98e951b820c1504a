import { Group, SegmentedControl, Checkbox, Text } from "@mantine/core";
import { markTaskInstances } from "@millrace/api";
import { useState, type ReactNode } from "react";
import { client } from "../../server/client.ts";
import { texts } from "../../texts/index.ts";
import { StateBadge } from "../states/state-mark.tsx";
import { ActionDialog } from "./action-dialog.tsx";
import { PLAIN_SELECTION, toSelect, withOptions, type RunPart } from "./action-targets.model.ts";
import { PreviewList } from "./preview-list.tsx";
import { useAction } from "./use-action.ts";

const words = texts.act.mark;
const STATES = ["success", "failed", "skipped"] as const;
const WIDER = ["upstream", "downstream", "past", "future"] as const;
type Wider = Readonly<Record<(typeof WIDER)[number], boolean>>;
const NOT_WIDER: Wider = { upstream: false, downstream: false, past: false, future: false };

/** A state that task instances can be marked as. */
export type MarkedState = (typeof STATES)[number];

/** Sets the state of task instances, after showing of which. It is open as long as it is mounted. */
export function MarkDialog({
  parts,
  name,
  first = "success",
  onClose,
  onDone = onClose,
}: {
  readonly parts: readonly RunPart[];
  readonly name: string;
  /** The state that is chosen at first. */
  readonly first?: MarkedState;
  readonly onClose: () => void;
  readonly onDone?: () => void;
}): ReactNode {
  const [state, setState] = useState<MarkedState>(first);
  const [wider, setWider] = useState(NOT_WIDER);
  const { past, future, ...more } = wider;
  const stateWord = texts.states[state];
  const action = useAction({
    name: ["mark", state],
    parts: parts.map(({ run, selectors }) => ({
      run,
      selectors: selectors.map((selector) => withOptions(selector, { ...PLAIN_SELECTION, ...more })),
    })),
    past,
    future,
    touches: ({ changes }) => changes.some(({ to }) => to === state),
    commandOf: (runKey, select) => ({ kind: "markTasks", runKey, select, state }),
    send: async (runId, selector, ifMatch) => {
      const body = { select: toSelect(selector), state };
      const how = ifMatch === undefined ? {} : { ifMatch };
      const { changed = 0 } = await client.call(markTaskInstances, { params: { runId }, body }, how);
      return changed;
    },
    done: (changed) => words.done(changed, stateWord),
    onDone,
  });
  const count = action.summary?.toCounts[state] ?? 0;
  return (
    <ActionDialog
      title={`${words.title} … ${name}`}
      verb={words.confirm(count, stateWord)}
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
      <Group gap="md">
        {(parts.length === 1 ? WIDER : WIDER.slice(0, 2)).map((each) => (
          <Checkbox
            key={each}
            size="xs"
            label={texts.act.clear[each]}
            checked={wider[each]}
            onChange={(event) => setWider({ ...wider, [each]: event.currentTarget.checked })}
          />
        ))}
      </Group>
      <Text size="sm">{words.explain}</Text>
      <PreviewList action={action} runs={parts.length} />
    </ActionDialog>
  );
}
