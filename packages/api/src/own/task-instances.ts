import { Type } from "typebox";
import { operation } from "../operation.ts";
import { TaskInstanceItem } from "./run-shapes.ts";
import { EDIT_RUN, EDIT_TASK, instanceParams, pageOf, pageQuery, READ_TASK, runParams, runState } from "./schemas.ts";
import { instant, instantInput } from "../wire.ts";

const { rendered: _, ...listed } = TaskInstanceItem.properties;

/** Task instances of a run, by task id and map index, any part of them: for lists that are scrolled through. */
export const getInstancesWindow = operation({
  id: "getInstancesWindow",
  method: "GET",
  path: "/runs/{runId}/instances-window",
  access: READ_TASK,
  summary:
    "Task instances of a run by task id and map index, any part of them, without their rendered fields. Fast at every position; a filter by states costs a pass over the run.",
  tag: "Task instances",
  params: runParams,
  query: Type.Object({
    taskId: Type.Optional(Type.String()),
    states: Type.Optional(Type.String({ description: "States, with commas between." })),
    offset: Type.Optional(Type.Integer({ minimum: 0, description: "Position of the first one; default 0." })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: "Default 100." })),
  }),
  answer: Type.Object({
    items: Type.Array(Type.Object(listed)),
    offset: Type.Integer(),
    total: Type.Integer({ description: "Positions that there are." }),
  }),
});

/** Task instances of all runs, of the newest run first. */
export const searchTaskInstances = operation({
  id: "searchTaskInstances",
  method: "GET",
  path: "/task-instances",
  access: READ_TASK,
  summary:
    "Task instances of all runs, of the newest run first. All filters that are given must fit. A page may have fewer than its limit, or none, and yet a `next`: each looks at 2 000 runs and 20 000 of their instances at most.",
  tag: "Task instances",
  query: Type.Object({
    ...pageQuery,
    dagId: Type.Optional(Type.String()),
    runKey: Type.Optional(Type.String({ maxLength: 250 })),
    taskId: Type.Optional(Type.String({ maxLength: 250 })),
    states: Type.Optional(Type.String({ description: "States, with commas between." })),
    pool: Type.Optional(Type.String({ maxLength: 250 })),
    queue: Type.Optional(Type.String({ maxLength: 250 })),
    startedFrom: Type.Optional(instantInput("Started then or later.")),
    startedTo: Type.Optional(instantInput("Started then or earlier.")),
    endedFrom: Type.Optional(instantInput("Ended then or later.")),
    endedTo: Type.Optional(instantInput("Ended then or earlier.")),
    minSeconds: Type.Optional(Type.Number({ minimum: 0, description: "Took so long or longer." })),
    maxSeconds: Type.Optional(Type.Number({ minimum: 0, description: "Took so long or less." })),
  }),
  answer: pageOf(
    Type.Object({
      ...listed,
      run: Type.Object({
        runId: Type.Integer(),
        dagId: Type.String(),
        runKey: Type.String(),
        state: runState,
        logicalDate: instant(),
        dagVersion: Type.Integer(),
      }),
    }),
  ),
});

/** A task instance with what only its own page shows. */
export const getTaskInstance = operation({
  id: "getTaskInstance",
  method: "GET",
  path: "/runs/{runId}/task-instances/{taskId}/{mapIndex}",
  access: READ_TASK,
  summary: "A task instance, with what its task is, its note, what it pushed, and links to elsewhere.",
  tag: "Task instances",
  params: instanceParams,
  answer: Type.Object({
    ...TaskInstanceItem.properties,
    dagId: Type.String(),
    runKey: Type.String(),
    logicalDate: instant(),
    intervalStart: instant(),
    intervalEnd: instant(),
    note: Type.Optional(Type.String()),
    hasResult: Type.Boolean(),
    xcomKeys: Type.Array(Type.String(), { description: "Keys beside its result; at most 1 000." }),
    task: Type.Optional(
      Type.Object(
        {
          label: Type.String(),
          operator: Type.String(),
          kind: Type.String(),
          owner: Type.String(),
          pool: Type.String(),
          poolSlots: Type.Integer(),
          queue: Type.String(),
          priority: Type.Integer(),
          triggerRule: Type.String(),
          isMapped: Type.Boolean(),
          upstream: Type.Array(Type.String()),
          downstream: Type.Array(Type.String()),
          docMd: Type.Optional(Type.String()),
        },
        { description: "Of the version that it ran on; absent when that has no such task." },
      ),
    ),
    links: Type.Array(
      Type.Object({ name: Type.String(), dagId: Type.String({ description: "The DAG that it leads to." }) }),
    ),
  }),
});

const note = Type.Object(
  {
    note: Type.Union([Type.String({ maxLength: 1_000 }), Type.Null()], { description: "Null takes it away." }),
  },
  { additionalProperties: false },
);

/** Writes a note beside a run. */
export const setRunNote = operation({
  id: "setRunNote",
  method: "PUT",
  path: "/runs/{runId}/note",
  access: EDIT_RUN,
  summary: "Writes a note beside a run, or takes it away.",
  tag: "Runs",
  params: runParams,
  body: note,
  answer: note,
});

/** Writes a note beside a task instance. */
export const setTaskNote = operation({
  id: "setTaskNote",
  method: "PUT",
  path: "/runs/{runId}/task-instances/{taskId}/{mapIndex}/note",
  access: EDIT_TASK,
  summary: "Writes a note beside a task instance, or takes it away.",
  tag: "Task instances",
  params: instanceParams,
  body: note,
  answer: note,
});
