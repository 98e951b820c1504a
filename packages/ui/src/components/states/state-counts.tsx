import { RUN_STATES, TASK_STATES } from "@millrace/api";
import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { stateColor, StateMark, stateWord, type ShownState } from "./state-mark.tsx";
import classes from "./state-counts.module.css";

type Counts = Readonly<Partial<Record<ShownState, number>>>;

const ORDER: readonly ShownState[] = [...new Set<ShownState>([...TASK_STATES, ...RUN_STATES])];

/** States that there are any of, with how many, in the order of a life. */
export function countedStates(counts: Counts): readonly (readonly [ShownState, number])[] {
  return ORDER.map((state) => [state, counts[state] ?? 0] as const).filter(([, count]) => count > 0);
}

/** Counts by state, as marks with numbers. */
export function StateCounts({ counts }: { readonly counts: Counts }): ReactNode {
  return (
    <span className={classes["counts"]}>
      {countedStates(counts).map(([state, count]) => (
        <Tooltip key={state} label={`${count} ${stateWord(state)}`}>
          <span className={classes["count"]}>
            <StateMark state={state} size={14} label={stateWord(state)} />
            {count.toLocaleString("en")}
          </span>
        </Tooltip>
      ))}
    </span>
  );
}

/** Counts by state, as a bar of their shares. */
export function StateBar({ counts, height = 8 }: { readonly counts: Counts; readonly height?: number }): ReactNode {
  const states = countedStates(counts);
  const words = states.map(([state, count]) => `${count} ${stateWord(state)}`).join(", ");
  return (
    <Tooltip label={words} disabled={states.length === 0}>
      <div className={classes["bar"]} style={{ height }} role="img" aria-label={words}>
        {states.map(([state, count]) => (
          <span key={state} style={{ flexGrow: count, background: stateColor(state) }} />
        ))}
      </div>
    </Tooltip>
  );
}
