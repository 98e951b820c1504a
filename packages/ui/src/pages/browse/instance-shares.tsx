import type { TaskState } from "@millrace/api";
import type { ReactNode } from "react";
import { AppLink } from "../../components/app-link.tsx";
import { countedStates } from "../../components/states/state-counts.tsx";
import { StateBadge, stateColor } from "../../components/states/state-mark.tsx";
import { texts } from "../../texts/index.ts";
import classes from "./activity.module.css";

const words = texts.browse.activity;

/** Task instances by state, each with its share of all as a bar; each leads to the list of them. */
export function InstanceShares({
  counts,
}: {
  readonly counts: Readonly<Partial<Record<TaskState, number>>>;
}): ReactNode {
  const states = countedStates(counts);
  const all = states.reduce((sum, [, count]) => sum + count, 0);
  return (
    <>
      <table className={classes["table"]}>
        <tbody>
          {states.map(([state, count]) => (
            <tr key={state}>
              <th scope="row">
                <StateBadge state={state} />
              </th>
              <td className={classes["share"]}>
                <div style={{ width: `${(count / all) * 100}%`, background: stateColor(state) }} />
              </td>
              <td>
                <AppLink to="/task-instances" search={{ states: state }}>
                  {count.toLocaleString("en")}
                </AppLink>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes["hint"]}>{words.instancesHint}</p>
    </>
  );
}
