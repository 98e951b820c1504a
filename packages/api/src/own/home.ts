import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant, instantInput } from "../wire.ts";
import { cause, READ_DAG, runState, runType, taskCounts } from "./schemas.ts";

const named = { dagId: Type.String(), runId: Type.Integer(), runKey: Type.String() };
const counted = <Item extends Parameters<typeof Type.Array>[0]>(item: Item) =>
  Type.Object({ count: Type.Integer({ description: "Of all; `items` are the first 10." }), items: Type.Array(item) });

/** What the start page shows of now. What the caller may not read is absent. */
export const getHome = operation({
  id: "getHome",
  method: "GET",
  path: "/home",
  access: [READ_DAG],
  summary:
    "What the start page shows of now, of the DAGs that the caller may read. Parts that they may not read are absent.",
  tag: "System",
  answer: Type.Object({
    now: instant(),
    dags: Type.Integer({ description: "That have a file." }),
    pausedDags: Type.Integer(),
    late: counted(
      Type.Object({
        dagId: Type.String(),
        logicalDate: instant(),
        runAfter: instant("When the run was due; more than a minute ago."),
        why: Type.String({ description: "A sentence. `whyDag` tells more." }),
      }),
    ),
    nextRuns: Type.Array(
      Type.Object({
        dagId: Type.String(),
        logicalDate: instant(),
        intervalStart: instant(),
        intervalEnd: instant(),
        runAfter: instant(),
      }),
      { description: "The next 10 of DAGs that are not paused." },
    ),
    runs: Type.Optional(
      Type.Object({
        running: Type.Integer(),
        queued: Type.Integer(),
        failed: Type.Object({
          count: Type.Integer({ description: "That ended in the last 24 hours; `items` are the newest 10." }),
          items: Type.Array(
            Type.Object({
              ...named,
              endedAt: instant(),
              taskId: Type.Optional(Type.String({ description: "The first task that failed." })),
              mapIndex: Type.Optional(Type.Integer()),
              cause: Type.Optional(cause),
            }),
          ),
        }),
        pastDeadline: counted(Type.Object({ ...named, intervalEnd: instant(), startedAt: Type.Optional(instant()) })),
      }),
    ),
    importErrors: Type.Optional(Type.Integer()),
    schedulers: Type.Optional(
      Type.Object({
        alive: Type.Integer(),
        silent: Type.Integer({ description: "That have not ended and are not heard of." }),
      }),
    ),
    workers: Type.Optional(
      Type.Object({
        busy: Type.Integer({ description: "Worker processes that have tries." }),
        running: Type.Integer({ description: "Tries that they run." }),
      }),
    ),
  }),
});

/** What went on in a span of time: runs that ended in it, and those that were not over at its end. */
export const getActivity = operation({
  id: "getActivity",
  method: "GET",
  path: "/activity",
  access: [["can_read", "Cluster Activity"]],
  summary:
    "What went on in a span of time: runs that ended in it, those that are unfinished, and their task instances.",
  tag: "System",
  query: Type.Object({
    from: Type.Optional(instantInput("Default: 24 hours before `to`.")),
    to: Type.Optional(instantInput("Default: now.")),
  }),
  answer: Type.Object({
    from: instant(),
    to: instant(),
    runs: Type.Array(Type.Object({ runType, state: runState, count: Type.Integer() })),
    instances: taskCounts,
    countedFrom: Type.Optional(
      instant("Present when more than 50 000 runs ended in the span: only those that ended since then are counted."),
    ),
  }),
});

/** Queues with what waits and runs of each. */
export const listQueues = operation({
  id: "listQueues",
  method: "GET",
  path: "/queues",
  access: [["can_read", "Jobs"]],
  summary: "Queues of which task instances wait or run, and how many tries this system's own workers run at once.",
  tag: "System",
  answer: Type.Object({
    items: Type.Array(
      Type.Object({
        queue: Type.String(),
        scheduled: Type.Integer({ description: "Task instances that wait for slots." }),
        queued: Type.Integer({ description: "Handed over to workers that have not begun." }),
        running: Type.Integer(),
        deferred: Type.Integer(),
      }),
    ),
    capacity: Type.Integer({ description: "Tries that this system's own workers run at once." }),
  }),
});
