import type { Blocker } from "./blocker.ts";
import type { Said, Saying } from "./said.ts";
import { sayInstance } from "./say-instance.ts";
import { sayLimit } from "./say-limit.ts";
import { sayDag, sayRun } from "./say-run.ts";

/** Says what keeps something: a sentence with the exact blocker, what to do about it, and when it goes on where that can be known. */
export function sayBlocker(blocker: Blocker, saying: Saying): Said {
  switch (blocker.kind) {
    case "ended":
    case "notInRun":
    case "running":
    case "handedOver":
    case "retry":
    case "reschedule":
    case "deferred":
    case "upstream":
    case "setup":
    case "list":
    case "past":
    case "obligation":
    case "nextTick":
      return sayInstance(blocker, saying);
    case "poolMissing":
    case "poolTooSmall":
    case "poolFull":
    case "poolShare":
    case "maxActiveTasks":
    case "maxActivePerDag":
    case "maxActivePerRun":
    case "executorFull":
      return sayLimit(blocker, saying);
    case "runEnded":
    case "runAfter":
    case "maxActiveRuns":
    case "runGoesOn":
      return sayRun(blocker, saying);
    default:
      return sayDag(blocker, saying);
  }
}
