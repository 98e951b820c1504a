import { isTerminal } from "../model/states.ts";
import type { StateGroup } from "../ports/why.ts";
import type { Blocker } from "./blocker.ts";
import type { WhyCase } from "./why-case.ts";
import { whyInstance } from "./why-instance.ts";
import { whyDagStands, whyNotBegun, whyNotDriven } from "./why-run-waits.ts";

/** Why instances of one task in one state do not run. */
export interface GroupAnswer {
  readonly group: StateGroup;
  readonly blockers: readonly Blocker[];
}

/** Why a run as a whole does not begin or go on. Empty for one whose tasks say it. */
export function whyRun({ facts, run }: WhyCase): readonly Blocker[] {
  const { state, endedAt, cause } = run;
  switch (state) {
    case "success":
    case "failed":
      return [{ kind: "runEnded", state, ...(endedAt !== undefined && { endedAt }), ...(cause && { cause }) }];
    case "queued": {
      const blockers = [...whyDagStands(facts), ...whyNotBegun(facts, run)];
      return blockers.length > 0 ? blockers : [{ kind: "nextTick" }];
    }
    case "running":
      return [
        ...whyNotDriven(facts),
        ...run.obligations.map((obligation): Blocker => ({ kind: "obligation", obligation })),
      ];
    default:
      throw new Error(`unreachable: ${state satisfies never}`);
  }
}

/** Tasks of the run in their order, a group for each state; those that have not ended unless `keep` says otherwise. */
export function whyTasks(
  at: WhyCase,
  keep: (group: StateGroup) => boolean = ({ state }) => !isTerminal(state),
): readonly GroupAnswer[] {
  return at.compiled.tasks
    .flatMap((_node, task) => at.states.groups(task))
    .filter(keep)
    .map((group) => ({ group, blockers: whyInstance(at, group) }));
}
