import type { LimitBlocker } from "./blocker.ts";
import { sayHolders, sayCount, type Said, type Saying } from "./said.ts";

/** Says what other work holds. */
export function sayLimit(blocker: LimitBlocker, { dagId }: Saying): Said {
  switch (blocker.kind) {
    case "poolMissing":
      return {
        reason: `Its pool ${blocker.pool} does not exist.`,
        advice: `Make it with \`millrace pools set ${blocker.pool} 8\`, with as many slots as it shall have.`,
      };
    case "poolTooSmall": {
      const { pool, slots, needed } = blocker;
      return {
        reason: `It takes ${sayCount(needed, "slot")} of the pool ${pool}, which has only ${slots}: it never starts.`,
        advice: `Raise it with \`millrace pools set ${pool} ${needed}\`, or give the task fewer \`poolSlots\`.`,
      };
    }
    case "poolFull": {
      const { pool, slots, used, needed, holders } = blocker;
      const wants = needed > 1 ? `; it takes ${needed}` : "";
      return {
        reason: `The pool ${pool} is full: ${used} of ${sayCount(slots, "slot")} are taken${wants}${sayHolders(holders)}.`,
        advice: `It starts when slots come free; \`millrace pools set ${pool} ${Math.max(2 * slots, needed)}\` raises it.`,
      };
    }
    case "poolShare": {
      const { pool, granted, used, schedulerId } = blocker;
      return {
        reason: `Scheduler ${schedulerId} has ${sayCount(granted, "slot")} of the pool ${pool} for its DAGs, and uses ${used}.`,
        advice: "Schedulers share slots out anew by themselves, as soon as one needs more.",
      };
    }
    case "maxActiveTasks": {
      const { limit, used, holders } = blocker;
      return {
        reason: `${dagId} runs ${used} of at most ${sayCount(limit, "task")} at once (maxActiveTasks)${sayHolders(holders)}.`,
        advice: "It starts when one of them ends; `maxActiveTasks` of the DAG raises the limit.",
      };
    }
    case "maxActivePerDag":
      return {
        reason: `${blocker.taskId} runs ${blocker.limit} times at most at once (maxActivePerDag)${sayHolders(blocker.holders)}.`,
        advice: "It starts when one of them ends.",
      };
    case "maxActivePerRun":
      return {
        reason: `${blocker.taskId} runs ${blocker.limit} times at most at once in a run (maxActivePerRun).`,
        advice: "It starts when another instance of it in this run ends.",
      };
    case "executorFull": {
      const { capacity, holders } = blocker;
      return {
        reason: `The executor is full: it runs ${sayCount(capacity, "try").replace("trys", "tries")} at once${sayHolders(holders)}.`,
        advice: "It starts when one of them ends; the setting `executor.concurrency` raises the limit.",
      };
    }
    default:
      throw new Error(`unreachable: ${blocker satisfies never}`);
  }
}
