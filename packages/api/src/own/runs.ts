import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant, instantInput } from "../wire.ts";
import { RunAtDateItem, RunItem, RunWhole, TaskInstanceItem, TryItem } from "./run-shapes.ts";
import {
  dagParams,
  instanceParams,
  listOf,
  pageOf,
  pageQuery,
  READ_DAG,
  READ_RUN,
  READ_TASK,
  runParams,
  said,
  taskCounts,
} from "./schemas.ts";

/** Runs, newest first: by logical date within a DAG, by creation over all DAGs. */
export const listRuns = operation({
  id: "listRuns",
  method: "GET",
  path: "/runs",
  access: READ_RUN,
  summary:
    "Runs, newest first: by logical date within a DAG or with a range of logical dates, else by creation. With filters a page may have fewer runs than its limit, or none, and yet a `next`: each looks at 20 000 runs at most.",
  tag: "Runs",
  query: Type.Object({
    ...pageQuery,
    dagId: Type.Optional(Type.String()),
    states: Type.Optional(Type.String({ description: "States, with commas between." })),
    runTypes: Type.Optional(Type.String({ description: "Types, with commas between." })),
    triggeredBy: Type.Optional(Type.String({ description: "For example `user:ada`." })),
    key: Type.Optional(Type.String({ maxLength: 250, description: "A part of the run's key." })),
    logicalDateFrom: Type.Optional(instantInput("The first logical date.")),
    logicalDateTo: Type.Optional(instantInput("The last logical date.")),
    queuedFrom: Type.Optional(instantInput("Queued then or later.")),
    queuedTo: Type.Optional(instantInput("Queued then or earlier.")),
  }),
  answer: pageOf(RunItem),
});

/** A run. Its version is the ETag. */
export const getRun = operation({
  id: "getRun",
  method: "GET",
  path: "/runs/{runId}",
  access: READ_RUN,
  summary: "A run. Its version is the ETag.",
  tag: "Runs",
  headers: { "If-None-Match": "An ETag: answered with 304 when the run is still at that version." },
  params: runParams,
  answer: RunWhole,
});

/** The run that people know by this key. Its version is the ETag. */
export const findRun = operation({
  id: "findRun",
  method: "GET",
  path: "/dags/{dagId}/runs/{runKey}",
  access: READ_RUN,
  summary: "The run that people know by this key. Its version is the ETag.",
  tag: "Runs",
  headers: { "If-None-Match": "An ETag: answered with 304 when the run is still at that version." },
  params: Type.Object({ dagId: Type.String(), runKey: Type.String() }),
  answer: RunWhole,
});

/** Runs that stand at these logical dates. */
export const findRunsAtDates = operation({
  id: "findRunsAtDates",
  method: "GET",
  path: "/dags/{dagId}/runs-at-dates",
  access: READ_RUN,
  summary: "Runs that stand at these logical dates.",
  tag: "Runs",
  params: dagParams,
  query: Type.Object({
    dates: Type.String({ maxLength: 50_000, description: "Instants in ISO 8601, with commas between; at most 1 000." }),
  }),
  answer: listOf(RunAtDateItem),
});

/** Task instances of a run, by task id and map index. */
export const listTaskInstances = operation({
  id: "listTaskInstances",
  method: "GET",
  path: "/runs/{runId}/task-instances",
  access: READ_TASK,
  summary: "Task instances of a run, by task id and map index.",
  tag: "Task instances",
  params: runParams,
  query: Type.Object({
    ...pageQuery,
    taskId: Type.Optional(Type.String()),
    states: Type.Optional(Type.String({ description: "States, with commas between." })),
  }),
  answer: pageOf(TaskInstanceItem),
});

/** Tries of a task instance, oldest first, the present one last. */
export const listTries = operation({
  id: "listTries",
  method: "GET",
  path: "/runs/{runId}/task-instances/{taskId}/{mapIndex}/tries",
  access: READ_TASK,
  summary: "Tries of a task instance, oldest first, the present one last.",
  tag: "Task instances",
  params: instanceParams,
  answer: listOf(TryItem),
});

/** A value that a task instance left: its result, or what it pushed under a key. */
export const getXCom = operation({
  id: "getXCom",
  method: "GET",
  path: "/runs/{runId}/task-instances/{taskId}/{mapIndex}/xcom",
  access: [READ_DAG, ["can_read", "XComs"]],
  summary: "A value that a task instance left: its result, or what it pushed under a key.",
  tag: "Task instances",
  params: instanceParams,
  query: Type.Object({ key: Type.Optional(Type.String({ description: "Absent: the result." })) }),
  answer: Type.Object({
    json: Type.String({ description: "JSON text." }),
    meta: Type.Optional(Type.String({ description: "How values that JSON does not know are told in it." })),
  }),
});

/** The log of a try, a line of JSON each, while it runs until its end. `from` goes on after so many lines. */
export const readLog = operation({
  id: "readLog",
  method: "GET",
  path: "/runs/{runId}/task-instances/{taskId}/{mapIndex}/log",
  access: [READ_DAG, ["can_read", "Task Logs"]],
  summary: "The log of a try, a line of JSON each, while it runs until its end. `from` goes on after so many lines.",
  tag: "Task instances",
  params: instanceParams,
  query: Type.Object({
    try: Type.Optional(Type.Integer({ minimum: 1, description: "Default: the present one." })),
    from: Type.Optional(Type.Integer({ minimum: 0, description: "Lines to leave out." })),
    follow: Type.Optional(Type.Boolean({ description: "False: what there is now." })),
  }),
  answer: Type.String(),
  mediaType: "application/x-ndjson",
});

/** Changes of a run after a version, oldest first, at most 1 000. */
export const listChanges = operation({
  id: "listChanges",
  method: "GET",
  path: "/runs/{runId}/changes",
  access: READ_RUN,
  summary: "Changes of a run after a version, oldest first, at most 1 000.",
  tag: "Runs",
  params: runParams,
  query: Type.Object({ after: Type.Optional(Type.Integer({ minimum: 0 })) }),
  answer: listOf(
    Type.Object({
      runId: Type.Integer(),
      version: Type.Integer(),
      at: instant(),
      by: Type.Integer({ description: "Scheduler that made it." }),
      changes: Type.String({ description: "JSON text." }),
    }),
  ),
});

/** Why a run and its task instances do not run now, by task and state. */
export const whyRun = operation({
  id: "whyRun",
  method: "GET",
  path: "/runs/{runId}/why",
  access: READ_TASK,
  summary: "Why a run and its task instances do not run now, by task and state.",
  tag: "Why",
  params: runParams,
  query: Type.Object({
    taskId: Type.Optional(Type.String({ description: "Only this task." })),
    mapIndex: Type.Optional(Type.Integer({ description: "Only this instance of it." })),
  }),
  answer: Type.Object({
    run: Type.Array(said),
    tasks: Type.Array(
      Type.Object({
        taskId: Type.String(),
        mapIndex: Type.Integer({ description: "Of the instance that speaks for all of that state." }),
        state: Type.String(),
        count: Type.Integer(),
        said: Type.Array(said),
      }),
    ),
  }),
});

const Cell = Type.Object({
  taskId: Type.String(),
  counts: taskCounts,
  queuedAt: Type.Optional(instant("The first time that one was queued.")),
  startedAt: Type.Optional(instant("The first start.")),
  endedAt: Type.Optional(instant("The last end.")),
  tries: Type.Integer({ description: "The highest try number." }),
});

/** The graph of a run's version, with the states of its task instances by task. */
export const getGraph = operation({
  id: "getGraph",
  method: "GET",
  path: "/runs/{runId}/graph",
  access: READ_TASK,
  summary: "The graph of a run's version, with the states of its task instances by task.",
  tag: "Pictures",
  params: runParams,
  answer: Type.Object({
    nodes: Type.Array(
      Type.Object({
        taskId: Type.String(),
        label: Type.String(),
        operator: Type.String(),
        kind: Type.String(),
        group: Type.Optional(Type.String()),
        mapped: Type.Boolean(),
      }),
    ),
    edges: Type.Array(
      Type.Object({ from: Type.String(), to: Type.String(), via: Type.String(), label: Type.Optional(Type.String()) }),
    ),
    groups: Type.Array(
      Type.Object({ groupId: Type.String(), parent: Type.Optional(Type.String()), mapped: Type.Boolean() }),
    ),
    cells: Type.Array(Cell),
  }),
});

/** Runs × tasks with the states of the instances in each cell. Mapped tasks are one cell. */
export const getGrid = operation({
  id: "getGrid",
  method: "GET",
  path: "/dags/{dagId}/grid",
  access: READ_TASK,
  summary: "Runs × tasks with the states of the instances in each cell. Mapped tasks are one cell.",
  tag: "Pictures",
  params: dagParams,
  query: Type.Object({
    after: pageQuery.after,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: "Runs; default 25." })),
    states: Type.Optional(Type.String({ description: "Only runs in these states, with commas between." })),
    runTypes: Type.Optional(Type.String({ description: "Only runs of these types, with commas between." })),
    logicalDateFrom: Type.Optional(instantInput("The first logical date.")),
    logicalDateTo: Type.Optional(instantInput("The last logical date.")),
    firstTask: Type.Optional(
      Type.Integer({ minimum: 0, description: "Tasks from this one on, by topological order." }),
    ),
    tasks: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: "Default 200." })),
  }),
  answer: Type.Object({
    tasks: Type.Array(
      Type.Object({
        taskId: Type.String(),
        label: Type.String(),
        group: Type.Optional(Type.String()),
        mapped: Type.Boolean(),
      }),
    ),
    nextTask: Type.Optional(Type.Integer({ description: "`firstTask` of the next part; absent at the end." })),
    runs: Type.Array(Type.Object({ ...RunItem.properties, cells: Type.Array(Cell) })),
    next: Type.Optional(Type.String()),
  }),
});
