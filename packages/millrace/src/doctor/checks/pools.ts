import { readUnusablePools, type UnusablePool } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

/** Tasks wait for ever for a pool that cannot take them. */
export function judgePools(pools: readonly UnusablePool[]): readonly Verdict[] {
  return findingsOr(pools.map(judgePool), "every pool that a task names exists and is large enough");
}

function judgePool({ pool, slots, needs, dagIds, waiting }: UnusablePool): Verdict {
  const of =
    dagIds.length > 3
      ? `${dagIds.slice(0, 3).join(", ")} and ${counted(dagIds.length - 3, "more DAG")}`
      : dagIds.join(", ");
  const what = slots === undefined ? "which does not exist" : `which has ${counted(slots, "slot")}`;
  const fact = `tasks of ${of} want ${counted(needs, "slot")} of the pool "${pool}", ${what}; ${waiting} ${waiting === 1 ? "waits" : "wait"} now`;
  const advice = `Make it large enough, \`millrace pools set ${pool} ${Math.max(1, needs)}\`, or name another pool in the DAG file.`;
  return waiting > 0 ? bad(fact, advice) : warn(fact, advice);
}

/** Pools that tasks name. */
export const poolsCheck = makeCheck({
  name: "pools",
  about: "tasks that wait for a pool that does not exist or is too small",
  needs: "schema",
  gather: ({ pool }) => readUnusablePools(pool),
  judge: judgePools,
});
