import { RUN_STATES, TASK_STATES, type RunState, type TaskState } from "@millrace/core";
import { Type, type Static } from "typebox";
import { operation } from "../operation.ts";
import { instant } from "../wire.ts";

const runState = Type.Unsafe<RunState>({ enum: [...RUN_STATES] });
const optionalInstant = Type.Optional(Type.Union([instant(), Type.Null()]));

/** A committed change of a run. */
const RunEvent = Type.Object(
  {
    type: Type.Literal("run"),
    dagId: Type.String(),
    runId: Type.Integer(),
    runKey: Type.String(),
    version: Type.Integer({ description: "Each change of a run has the next one." }),
    at: instant(),
    state: Type.Optional(runState),
    startedAt: optionalInstant,
    endedAt: optionalInstant,
    dagVersion: Type.Optional(Type.Integer()),
    tasks: Type.Array(
      Type.Object({
        taskId: Type.String(),
        mapIndex: Type.Integer(),
        state: Type.Union([Type.Unsafe<TaskState>({ type: "string", enum: [...TASK_STATES] }), Type.Null()], {
          description: "Null: there is no such instance any more.",
        }),
        tryNumber: Type.Optional(Type.Integer()),
      }),
      { description: "Task instances that changed." },
    ),
    created: Type.Integer({ description: "Task instances that were made and have no state yet." }),
  },
  { description: "A run was made or changed." },
);

const RunsDeletedEvent = Type.Object(
  {
    type: Type.Literal("runsDeleted"),
    dagId: Type.String(),
    runs: Type.Array(Type.Object({ runId: Type.Integer(), runKey: Type.String() })),
  },
  { description: "Runs are gone with all that they had." },
);

const DagEvent = Type.Object(
  {
    type: Type.Literal("dag"),
    dagId: Type.String(),
    paused: Type.Optional(Type.Boolean()),
    active: Type.Optional(Type.Boolean()),
    version: Type.Optional(Type.Integer()),
    deleted: Type.Optional(Type.Literal(true)),
  },
  { description: "A DAG has a new version, was paused, unpaused or deleted, or its file came or went." },
);

const ImportErrorsEvent = Type.Object(
  { type: Type.Literal("importErrors") },
  { description: "Other files than before cannot be loaded." },
);

const AssetEvent = Type.Object(
  { type: Type.Literal("asset"), uri: Type.String(), eventId: Type.Integer() },
  { description: "An asset was updated." },
);

const BackfillEvent = Type.Object(
  { type: Type.Literal("backfill"), dagId: Type.String(), backfillId: Type.Integer(), state: Type.String() },
  { description: "A backfill was made, paused, resumed, cancelled, or has ended." },
);

const ResetEvent = Type.Object(
  { type: Type.Literal("reset") },
  {
    description:
      "What happened since Last-Event-ID is not kept any more: read again what is shown, then follow from here.",
  },
);

/** What the event stream tells. The type is the name of the event, too. */
export const StreamEvent = Type.Union([
  RunEvent,
  RunsDeletedEvent,
  DagEvent,
  ImportErrorsEvent,
  AssetEvent,
  BackfillEvent,
  ResetEvent,
]);

/** See {@link StreamEvent}. */
export type StreamEvent = Static<typeof StreamEvent>;

/** The event stream. */
export const streamEvents = operation({
  id: "streamEvents",
  method: "GET",
  path: "/events",
  access: [
    ["can_read", "DAGs"],
    ["can_read", "DAG Runs"],
  ],
  summary:
    "Follows what is committed, as server-sent events. With Last-Event-ID it goes on right after that event; an hour of events is kept.",
  tag: "Events",
  headers: { "Last-Event-ID": "Id of the last event that was dealt with." },
  query: Type.Object({
    dagId: Type.Optional(Type.String({ description: "Only events of this DAG." })),
    runId: Type.Optional(Type.Integer({ description: "Only events of this run." })),
    lastEventId: Type.Optional(
      Type.String({ maxLength: 100, description: "For clients that cannot set the header Last-Event-ID." }),
    ),
  }),
  answer: StreamEvent,
  mediaType: "text/event-stream",
});
