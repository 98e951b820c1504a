import { Type } from "typebox";
import type { BackfillState, Reprocess, RunState } from "@millrace/core";
import { operation } from "../operation.ts";
import { instant, instantInput } from "../wire.ts";
import { RunAtDateItem } from "./run-shapes.ts";
import { dagParams, EDIT_DAG, pageOf, pageQuery, READ_DAG } from "./schemas.ts";

const backfillParams = Type.Object({ backfillId: Type.Integer() });
const reprocess = Type.Unsafe<Reprocess>({
  type: "string",
  enum: ["none", "failed", "completed"],
  description: "Which existing runs run again.",
});

const Backfill = Type.Object({
  backfillId: Type.Integer(),
  dagId: Type.String(),
  state: Type.Unsafe<BackfillState>({ type: "string", enum: ["running", "paused", "cancelled", "ended"] }),
  from: instant(),
  to: instant(),
  reprocess,
  reverse: Type.Boolean(),
  maxActiveRuns: Type.Integer(),
  conf: Type.Union([Type.String(), Type.Null()], { description: "JSON text." }),
  taskIds: Type.Optional(Type.Array(Type.String())),
  by: Type.String(),
  createdAt: instant(),
  cursor: Type.Optional(instant("All dates up to this one, in its direction, are done with.")),
  endedAt: Type.Optional(instant()),
  counts: Type.Unsafe<Partial<Record<RunState, number>>>({
    type: "object",
    additionalProperties: { type: "integer" },
    description: "Its runs by state.",
  }),
});

const wish = Type.Object(
  {
    from: instantInput("First logical date."),
    to: instantInput("Last logical date, which belongs to the range."),
    reprocess: Type.Optional(reprocess),
    reverse: Type.Optional(Type.Boolean({ description: "Newest first." })),
    maxActiveRuns: Type.Optional(Type.Integer({ minimum: 1, description: "Default: as many as the DAG may have." })),
    conf: Type.Optional(Type.Unsafe<Readonly<Record<string, unknown>>>({ type: "object" })),
    taskIds: Type.Optional(Type.Array(Type.String(), { description: "The tasks that its runs have. Default: all." })),
  },
  { additionalProperties: false },
);

/** Backfills, the newest first. */
export const listBackfills = operation({
  id: "listBackfills",
  method: "GET",
  path: "/backfills",
  access: [READ_DAG, ["can_read", "Backfills"]],
  summary: "Backfills, the newest first.",
  tag: "Backfills",
  query: Type.Object({ ...pageQuery, dagId: Type.Optional(Type.String()) }),
  answer: pageOf(Backfill),
});

/** A backfill with what became of it so far. */
export const getBackfill = operation({
  id: "getBackfill",
  method: "GET",
  path: "/backfills/{backfillId}",
  access: [READ_DAG, ["can_read", "Backfills"]],
  summary: "A backfill with what became of it so far.",
  tag: "Backfills",
  params: backfillParams,
  answer: Backfill,
});

/** Fills a range of logical dates with runs, made by the scheduler a few at a time. */
export const createBackfill = operation({
  id: "createBackfill",
  method: "POST",
  path: "/dags/{dagId}/backfills",
  access: [EDIT_DAG, ["can_create", "Backfills"]],
  summary: "Fills a range of logical dates with runs, made by the scheduler a few at a time.",
  tag: "Backfills",
  params: dagParams,
  body: wish,
  answer: Backfill,
  status: 201,
});

/** What a backfill would do with each date, without doing it. The first 1 000 dates are named, all are counted. */
export const previewBackfill = operation({
  id: "previewBackfill",
  method: "POST",
  path: "/dags/{dagId}/backfills/preview",
  access: [READ_DAG, ["can_read", "Backfills"]],
  summary:
    "What a backfill would do with each date, without doing it. The first 1 000 dates are named, all are counted.",
  tag: "Backfills",
  params: dagParams,
  body: wish,
  answer: Type.Object({
    counts: Type.Object({ create: Type.Integer(), clear: Type.Integer(), skip: Type.Integer() }),
    dates: Type.Array(
      Type.Object({
        logicalDate: instant(),
        intervalStart: instant(),
        intervalEnd: instant(),
        action: Type.String(),
        run: Type.Optional(RunAtDateItem),
      }),
    ),
  }),
});

/** Pauses, resumes or cancels a backfill; runs that have begun go on either way. */
export const setBackfillState = operation({
  id: "setBackfillState",
  method: "POST",
  path: "/backfills/{backfillId}/state",
  access: [EDIT_DAG, ["can_edit", "Backfills"]],
  summary: "Pauses, resumes or cancels a backfill; runs that have begun go on either way.",
  tag: "Backfills",
  params: backfillParams,
  body: Type.Object({
    state: Type.Union([Type.Literal("running"), Type.Literal("paused"), Type.Literal("cancelled")]),
  }),
  answer: Backfill,
});
