import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { countedStates, StateBar } from "../../components/states/state-counts.tsx";
import { StateMark, stateWord } from "../../components/states/state-mark.tsx";
import { texts } from "../../texts/index.ts";
import classes from "./run.module.css";
import type { RunWhole } from "./use-run.ts";

/** How many task instances are in which state; each leads to them. */
export function RunCounts({ run }: { readonly run: RunWhole }): ReactNode {
  const { dagId, runKey, counts } = run;
  const states = countedStates(counts);
  const total = states.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const params = { dagId, runKey };
  return (
    <section aria-label={texts.run.counts}>
      <StateBar counts={counts} height={10} />
      <div className={classes["counts"]}>
        {states.map(([state, count]) => (
          <Link
            key={state}
            to="/dags/$dagId/runs/$runKey/tasks"
            params={params}
            search={{ states: state }}
            className={classes["count"]}
          >
            <StateMark state={state} size={14} />
            {count.toLocaleString("en")} {stateWord(state)}
          </Link>
        ))}
        {states.length > 1 && (
          <Link to="/dags/$dagId/runs/$runKey/tasks" params={params} search={{}} className={classes["count"]}>
            {total.toLocaleString("en")} {texts.run.showAll}
          </Link>
        )}
      </div>
    </section>
  );
}
