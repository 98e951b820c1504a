import { Group, MultiSelect } from "@mantine/core";
import type { ReactNode } from "react";
import { joinFilter, splitFilter } from "../../app/url-filters.ts";
import { StateMark, stateWord, type ShownState } from "../states/state-mark.tsx";

/** Picks states that a list is narrowed to; in the URL they have commas between. */
export function StateFilter({
  label,
  states,
  value,
  onChange,
}: {
  readonly label: string;
  readonly states: readonly ShownState[];
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}): ReactNode {
  const chosen = [...splitFilter(value)];
  return (
    <MultiSelect
      aria-label={label}
      placeholder={chosen.length === 0 ? label : undefined}
      data={states.map((state) => ({ value: state, label: stateWord(state) }))}
      value={chosen}
      onChange={(next) => onChange(joinFilter(next))}
      renderOption={({ option }) => (
        <Group gap={6}>
          <StateMark state={option.value as ShownState} size={14} />
          {option.label}
        </Group>
      )}
      clearable
      hidePickedOptions={false}
      size="xs"
      miw={150}
      maw={320}
    />
  );
}
