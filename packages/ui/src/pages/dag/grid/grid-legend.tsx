import { RUN_TYPES, TASK_STATES } from "@millrace/api";
import type { ReactNode } from "react";
import { StateMark, stateWord } from "../../../components/states/state-mark.tsx";
import { texts } from "../../../texts/index.ts";
import classes from "./grid.module.css";
import { RunTypeIcon } from "./run-bars.tsx";

const words = texts.dag.grid;

/** What marks and signs of the grid mean. */
export function GridLegend(): ReactNode {
  return (
    <div className={classes["legend"]} role="note" aria-label={words.legend}>
      {TASK_STATES.map((state) => (
        <span key={state}>
          <StateMark state={state} size={13} /> {stateWord(state)}
        </span>
      ))}
      {RUN_TYPES.filter((type) => type !== "scheduled").map((type) => (
        <span key={type}>
          <RunTypeIcon type={type} /> {texts.runTypes[type]}
        </span>
      ))}
      <span>{words.legendTypes}.</span>
      <span>{words.keys}</span>
    </div>
  );
}
