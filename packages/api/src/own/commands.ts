import type { Command } from "@millrace/core";
import { Type } from "typebox";
import type { Need } from "../access.ts";
import { operation } from "../operation.ts";
import { instant, instantInput } from "../wire.ts";
import { dagParams, EDIT_DAG, EDIT_RUN, EDIT_TASK, runParams, runState, taskState } from "./schemas.ts";

const CREATE_RUN: readonly Need[] = [EDIT_DAG, ["can_create", "DAG Runs"]];

const IF_MATCH = {
  "If-Match": "Version of the run, as its ETag has it: refused with 412 when it has changed since.",
} as const;

const select = Type.Object(
  {
    taskIds: Type.Optional(Type.Array(Type.String(), { description: "Absent: all tasks." })),
    mapIndexes: Type.Optional(Type.Array(Type.Integer(), { description: "Absent: all." })),
    upstream: Type.Optional(Type.Boolean()),
    downstream: Type.Optional(Type.Boolean()),
    onlyFailed: Type.Optional(Type.Boolean()),
    onlyRunning: Type.Optional(Type.Boolean()),
  },
  { description: "Which task instances." },
);

const Done = Type.Object({
  runId: Type.Optional(Type.Integer()),
  runKey: Type.Optional(Type.String()),
  version: Type.Optional(Type.Integer({ description: "The run's version with this change." })),
  changed: Type.Optional(Type.Integer({ description: "Task instances that changed." })),
});

const Triggered = Type.Object({ ...Done.properties, logicalDate: Type.Optional(instant()) });

const trigger = {
  runKey: Type.Optional(Type.String({ minLength: 1, maxLength: 250 })),
  logicalDate: Type.Optional(instantInput("One in the future is waited for.")),
  runAfter: Type.Optional(instantInput("The run does not begin before. Default: its logical date.")),
  conf: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({ type: "object", description: "Params of the run." }),
  ),
  note: Type.Optional(Type.String({ maxLength: 1_000 })),
};

const clear = {
  select: Type.Optional(select),
  version: Type.Optional(
    Type.Union([Type.Literal("newest"), Type.Literal("same")], {
      description: "Version of the DAG that the run goes on with; default newest.",
    }),
  ),
};

const markTasks = {
  select,
  state: Type.Union([Type.Literal("success"), Type.Literal("failed"), Type.Literal("skipped")]),
};

const markRun = {
  state: Type.Union([Type.Literal("success"), Type.Literal("failed"), Type.Literal("queued")]),
};

const micros = Type.Integer({ description: "Microseconds since 1970." });
const runKey = Type.String({ minLength: 1, maxLength: 250 });

/** A command as data, as the owner of a DAG gets it. */
const commandShape = Type.Union([
  Type.Object({
    kind: Type.Literal("trigger"),
    runKey: Type.Optional(runKey),
    logicalDate: Type.Optional(micros),
    runAfter: Type.Optional(micros),
    dataInterval: Type.Optional(Type.Object({ start: micros, end: micros })),
    conf: Type.Optional(Type.String({ description: "JSON text of an object." })),
    note: trigger.note,
  }),
  Type.Object({
    kind: Type.Literal("clear"),
    runKey,
    select,
    version: Type.Union([Type.Literal("newest"), Type.Literal("same")]),
    keepRunState: Type.Optional(Type.Literal(true)),
  }),
  Type.Object({ kind: Type.Literal("markTasks"), runKey, ...markTasks }),
  Type.Object({ kind: Type.Literal("markRun"), runKey, ...markRun }),
  Type.Object({ kind: Type.Literal("deleteRun"), runKey }),
  Type.Object({ kind: Type.Literal("pause"), paused: Type.Boolean() }),
]);

const change = {
  from: Type.Union([taskState, Type.Null()], { description: "Null: it would be made." }),
  to: taskState,
};

/** What a command would change, and how. */
const PreviewShape = Type.Object({
  instances: Type.Array(Type.Object({ taskId: Type.String(), mapIndex: Type.Integer(), ...change }), {
    description:
      "Task instances that would change, the first `limit` of them: by task in the order of the graph, then by map index.",
  }),
  total: Type.Integer({ description: "How many would change in all." }),
  changes: Type.Array(Type.Object({ ...change, count: Type.Integer() }), {
    description: "How many of them all would go from which state to which.",
  }),
  run: Type.Optional(Type.Object({ from: Type.Union([runState, Type.Null()]), to: runState })),
  version: Type.Optional(Type.Integer({ description: "Version of the DAG that the run would move to." })),
});

/** Makes a run. With the header Idempotency-Key, the same request gets the same answer for a day and makes one run. */
export const triggerRun = operation({
  id: "triggerRun",
  method: "POST",
  path: "/dags/{dagId}/runs",
  access: CREATE_RUN,
  summary:
    "Makes a run. With the header Idempotency-Key, the same request gets the same answer for a day and makes one run.",
  tag: "Runs",
  headers: { "Idempotency-Key": "Of the caller's choice: the same request under the same key makes one run." },
  params: dagParams,
  body: Type.Object(trigger, { additionalProperties: false }),
  answer: Triggered,
  status: 201,
});

/** What a command would do, without doing it. */
export const previewCommand = operation({
  id: "previewCommand",
  method: "POST",
  path: "/dags/{dagId}/preview",
  access: EDIT_TASK,
  summary: "What a command would do, without doing it: exact counts, and the first task instances by name.",
  tag: "Runs",
  params: dagParams,
  body: Type.Object(
    {
      command: Type.Unsafe<Command>(commandShape),
      limit: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Task instances to list; default 1 000." }),
      ),
    },
    { additionalProperties: false },
  ),
  answer: PreviewShape,
});

/** Lets task instances run again. With If-Match it is refused when the run has changed meanwhile. */
export const clearRun = operation({
  id: "clearRun",
  method: "POST",
  path: "/runs/{runId}/clear",
  access: EDIT_TASK,
  summary: "Lets task instances run again. With If-Match it is refused when the run has changed meanwhile.",
  tag: "Runs",
  headers: IF_MATCH,
  params: runParams,
  body: Type.Object(clear, { additionalProperties: false }),
  answer: Done,
});

/** Sets the state of task instances. With If-Match it is refused when the run has changed meanwhile. */
export const markTaskInstances = operation({
  id: "markTaskInstances",
  method: "POST",
  path: "/runs/{runId}/mark-tasks",
  access: EDIT_TASK,
  summary: "Sets the state of task instances. With If-Match it is refused when the run has changed meanwhile.",
  tag: "Runs",
  headers: IF_MATCH,
  params: runParams,
  body: Type.Object(markTasks, { additionalProperties: false }),
  answer: Done,
});

/** Sets the state of a run. With If-Match it is refused when the run has changed meanwhile. */
export const markWholeRun = operation({
  id: "markWholeRun",
  method: "POST",
  path: "/runs/{runId}/mark",
  access: EDIT_RUN,
  summary: "Sets the state of a run. With If-Match it is refused when the run has changed meanwhile.",
  tag: "Runs",
  headers: IF_MATCH,
  params: runParams,
  body: Type.Object(markRun, { additionalProperties: false }),
  answer: Done,
});

/** Removes a run with all that it has. With If-Match it is refused when the run has changed meanwhile. */
export const deleteRun = operation({
  id: "deleteRun",
  method: "DELETE",
  path: "/runs/{runId}",
  access: [EDIT_DAG, ["can_delete", "DAG Runs"]],
  summary: "Removes a run with all that it has. With If-Match it is refused when the run has changed meanwhile.",
  tag: "Runs",
  headers: IF_MATCH,
  params: runParams,
  answer: Done,
});
