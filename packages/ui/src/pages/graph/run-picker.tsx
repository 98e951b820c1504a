import { Group, Select } from "@mantine/core";
import type { AnswerOf, listRuns } from "@millrace/api";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { StateMark, stateWord, type ShownState } from "../../components/states/state-mark.tsx";
import { texts } from "../../texts/index.ts";
import { formatTime } from "../../time/format-time.model.ts";
import { useZone } from "../../time/preferences.tsx";

type Run = AnswerOf<typeof listRuns>["items"][number];

/** In the address: no run, the newest version. */
export const NO_RUN = "-";

/** Picks the run whose states are shown; in the URL it is `run`. */
export function RunPicker({
  recent,
  run,
}: {
  readonly recent: readonly Run[];
  readonly run: Run | undefined;
}): ReactNode {
  const [, change] = useFilters<"run">();
  const { zone } = useZone();
  const runs = run && !recent.some(({ runId }) => runId === run.runId) ? [run, ...recent] : recent;
  const states = new Map<string, ShownState>(runs.map(({ runKey, state }) => [runKey, state]));
  const labelOf = ({ logicalDate, runType, state }: Run): string => {
    const { text, zone: name } = formatTime(logicalDate, zone, "minute");
    return `${text} ${name} · ${texts.runTypes[runType]} · ${stateWord(state)}`;
  };
  return (
    <Select
      size="xs"
      w={330}
      aria-label={texts.graph.run}
      allowDeselect={false}
      leftSection={run && <StateMark state={run.state} size={14} />}
      data={[
        { value: NO_RUN, label: texts.graph.noRun },
        ...runs.map((each) => ({ value: each.runKey, label: labelOf(each) })),
      ]}
      value={run?.runKey ?? NO_RUN}
      onChange={(picked) => change({ run: picked ?? undefined })}
      renderOption={({ option }) => {
        const state = states.get(option.value);
        return (
          <Group gap={6} wrap="nowrap" title={option.value}>
            {state && <StateMark state={state} size={14} />}
            {option.label}
          </Group>
        );
      }}
    />
  );
}
