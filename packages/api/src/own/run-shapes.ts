import { Type } from "typebox";
import { instant } from "../wire.ts";
import { cause, runState, runType, taskCounts, taskState } from "./schemas.ts";

const summary = {
  runId: Type.Integer(),
  dagId: Type.String(),
  runKey: Type.String({ description: "What people call the run; unique in its DAG." }),
  runType,
  state: runState,
  dagVersion: Type.Integer(),
  logicalDate: instant(),
  intervalStart: instant(),
  intervalEnd: instant(),
  runAfter: instant(),
  queuedAt: instant(),
  startedAt: Type.Optional(instant()),
  endedAt: Type.Optional(instant()),
  triggeredBy: Type.String(),
  changeVersion: Type.Integer({ description: "Of its last change; grows with each. Also the ETag." }),
  counts: taskCounts,
};

/** A run in a list. */
export const RunItem = Type.Object(summary);
/** A run with what only its own page shows. */
export const RunWhole = Type.Object({
  ...summary,
  conf: Type.Union([Type.String(), Type.Null()], { description: "JSON text." }),
  cause: Type.Optional(cause),
  note: Type.Optional(Type.String()),
  clearNumber: Type.Integer(),
  deadlineMissed: Type.Boolean(),
});

/** A task instance in a list. */
export const TaskInstanceItem = Type.Object({
  runId: Type.Integer(),
  taskId: Type.String(),
  mapIndex: Type.Integer(),
  mapName: Type.Optional(Type.String()),
  state: taskState,
  tryNumber: Type.Integer(),
  maxTries: Type.Integer(),
  dagVersion: Type.Optional(Type.Integer()),
  queuedAt: Type.Optional(instant()),
  startedAt: Type.Optional(instant()),
  endedAt: Type.Optional(instant()),
  dueAt: Type.Optional(instant()),
  workerId: Type.Optional(Type.String()),
  cause: Type.Optional(cause),
  rendered: Type.Optional(Type.String({ description: "Template fields as they were rendered, JSON text." })),
});

/** Where log lines of a dispatch are. */
const LogRefShape = Type.Object({
  host: Type.String(),
  segment: Type.String(),
  from: Type.Integer(),
  to: Type.Integer(),
  lines: Type.Integer(),
  tail: Type.String(),
  complete: Type.Boolean(),
});

/** One try of a task instance. */
export const TryItem = Type.Object({
  tryNumber: Type.Integer(),
  state: taskState,
  dagVersion: Type.Optional(Type.Integer()),
  queuedAt: Type.Optional(instant()),
  startedAt: Type.Optional(instant()),
  endedAt: Type.Optional(instant()),
  workerId: Type.Optional(Type.String()),
  cause: Type.Optional(cause),
  logs: Type.Array(LogRefShape),
});

/** A run as lists of DAGs show it. */
export const recentRun = Type.Object({
  runId: Type.Integer(),
  runKey: Type.String(),
  runType,
  state: runState,
  logicalDate: instant(),
  startedAt: Type.Optional(instant()),
  endedAt: Type.Optional(instant()),
});

/** A run that stands at a logical date. */
export const RunAtDateItem = Type.Object({
  runId: Type.Integer(),
  runKey: Type.String(),
  logicalDate: instant(),
  state: runState,
  backfillId: Type.Optional(Type.Integer()),
});
