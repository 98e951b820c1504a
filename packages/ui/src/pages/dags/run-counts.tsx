import { RUN_STATES } from "@millrace/api";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { StateMark, stateWord } from "../../components/states/state-mark.tsx";
import classes from "./dag-columns.module.css";
import type { DagRow } from "./dag-row.ts";

/** How many runs a DAG has in each state; each leads to them. */
export function RunCounts({ dag: { dagId, runCounts } }: { readonly dag: DagRow }): ReactNode {
  return (
    <span className={classes["counts"]}>
      {RUN_STATES.map((state) => {
        const count = runCounts[state] ?? 0;
        return count === 0 ? null : (
          <Link
            key={state}
            to="/runs"
            search={{ dagId, states: state }}
            className={classes["count"]}
            title={stateWord(state)}
          >
            <StateMark state={state} size={14} label={stateWord(state)} />
            {count.toLocaleString("en")}
          </Link>
        );
      })}
    </span>
  );
}
