import type { Report } from "@millrace/core";
import { Type, type TSchema } from "typebox";
import { operation } from "../operation.ts";

const tag = "Execution";
/** The dispatch in `Authorization: Bearer` is checked by the operations themselves: it is no user's. */
const access = [] as const;

const text = (maxLength: number): TSchema => Type.String({ maxLength });
const optional = Type.Optional;
const whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const value = Type.Object(
  { json: text(1_048_576), meta: optional(text(1_048_576)) },
  { additionalProperties: false, description: "A value as text of JSON, and what JSON cannot say of it." },
);
const cause = Type.Object(
  { code: text(100), message: text(65_536), stack: optional(text(65_536)) },
  { additionalProperties: false },
);
const choice = Type.Array(text(250), { maxItems: 10_000 });
const outcome = Type.Union([
  Type.Object(
    {
      kind: Type.Literal("success"),
      result: optional(value),
      resultLength: optional(whole),
      choice: optional(choice),
      xcoms: optional(
        Type.Array(
          Type.Object(
            { taskId: text(250), mapIndex: Type.Integer(), key: text(512), value },
            { additionalProperties: false },
          ),
          { maxItems: 1_000 },
        ),
      ),
      assets: optional(
        Type.Array(
          Type.Object(
            {
              uri: text(3_000),
              taskId: text(250),
              mapIndex: Type.Integer(),
              extra: Type.Union([text(65_536), Type.Null()]),
            },
            { additionalProperties: false },
          ),
          { maxItems: 1_000 },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  Type.Object({ kind: Type.Literal("skipped"), cause }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal("failed"),
      cause,
      retry: Type.Union([Type.Literal("policy"), Type.Literal("never"), whole]),
      timedOut: optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Union([Type.Literal("reschedule"), Type.Literal("defer")]),
      afterMicros: whole,
      resume: optional(text(1_048_576)),
    },
    { additionalProperties: false },
  ),
]);

const log = Type.Object(
  {
    host: text(250),
    segment: text(250),
    from: whole,
    to: whole,
    lines: whole,
    tail: text(16_384),
    complete: Type.Boolean(),
  },
  { additionalProperties: false },
);
const of = { dispatchId: text(64), runId: whole, workerId: text(250), startedAt: whole };
const report = Type.Unsafe<Report>(
  Type.Union([
    Type.Object(
      { kind: Type.Literal("started"), ...of, waits: optional(Type.Literal(true)) },
      { additionalProperties: false },
    ),
    Type.Object(
      {
        kind: Type.Literal("ended"),
        ...of,
        endedAt: whole,
        log: optional(log),
        rendered: optional(text(1_048_576)),
        mapName: optional(text(250)),
        outcome,
      },
      { additionalProperties: false },
    ),
    Type.Object(
      {
        kind: Type.Literal("lost"),
        dispatchId: text(64),
        runId: whole,
        cause,
        log: optional(log),
        mayHaveRun: Type.Boolean(),
        guilty: Type.Boolean(),
        blameless: optional(Type.Literal(true)),
      },
      { additionalProperties: false },
    ),
  ]),
);

export const claimDispatch = operation({
  id: "claimDispatch",
  method: "POST",
  path: "/execution/claim",
  access,
  summary: "Takes a dispatch over, unless another worker has it.",
  tag,
  body: Type.Object({ workerId: Type.String({ minLength: 1, maxLength: 250 }) }),
});

export const heartbeatDispatch = operation({
  id: "heartbeatDispatch",
  method: "POST",
  path: "/execution/heartbeat",
  access,
  summary: "Says that the worker of a dispatch lives, and hears whether it is to stop.",
  tag,
});

export const reportDispatch = operation({
  id: "reportDispatch",
  method: "POST",
  path: "/execution/report",
  access,
  summary:
    "Says that a dispatch has started, or how it ended. Answered when that is durable; the same again is harmless.",
  tag,
  status: 202,
  body: Type.Object({ report }),
});

export const pushLog = operation({
  id: "pushLog",
  method: "POST",
  path: "/execution/log",
  access,
  summary: "Adds lines to the log of a dispatch.",
  tag,
  body: Type.Object({ from: whole, lines: Type.Array(Type.String({ maxLength: 131_072 }), { maxItems: 1_000 }) }),
});

export const getBlob = operation({
  id: "getBlob",
  method: "GET",
  path: "/execution/blob",
  access,
  summary: "A large value that the task of a dispatch may read.",
  tag,
  query: Type.Object({ key: Type.String({ minLength: 1, maxLength: 1_000 }) }),
  mediaType: "text/plain",
});

export const putBlob = operation({
  id: "putBlob",
  method: "PUT",
  path: "/execution/blob",
  access,
  summary: "Keeps a large value that the task of a dispatch is about to report.",
  tag,
  status: 204,
  query: Type.Object({ key: Type.String({ minLength: 1, maxLength: 1_000 }) }),
});

const methods = [
  "bundle",
  "results",
  "datedResults",
  "assetEvents",
  "variable",
  "connection",
  "trigger",
  "clearRun",
  "previousSuccess",
  "stateOf",
  "look",
] as const;

export const askOfDispatch = operation({
  id: "askOfDispatch",
  method: "POST",
  path: "/execution/ask/{question}",
  access,
  summary: "What a task asks while it runs. It may ask of what it declares, and of its own run.",
  tag,
  params: Type.Object({ question: Type.Union(methods.map((method) => Type.Literal(method))) }),
  body: Type.Object({
    bundleHash: optional(text(128)),
    taskId: optional(text(250)),
    key: optional(text(512)),
    connectionId: optional(text(250)),
    mapIndex: optional(Type.Integer({ minimum: -1, maximum: 2_147_483_647 })),
    from: optional(whole),
    limit: optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    dagId: optional(text(250)),
    logicalDate: optional(Type.Integer()),
    orBefore: optional(Type.Boolean()),
    runKey: optional(text(250)),
    conf: optional(text(1_048_576)),
    uris: optional(Type.Array(text(3_000), { maxItems: 1_000 })),
    taskIds: optional(Type.Array(text(250), { maxItems: 10_000 })),
    groupId: optional(text(250)),
  }),
});
