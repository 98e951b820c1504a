import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant } from "../wire.ts";
import { dagParams, READ_RUN, READ_TASK, runCounts } from "./schemas.ts";
import { recentRun } from "./run-shapes.ts";

/** The runs of a year by day, and those that the schedule will make. */
export const getCalendar = operation({
  id: "getCalendar",
  method: "GET",
  path: "/dags/{dagId}/calendar",
  access: READ_RUN,
  summary:
    "The runs of a year by the day of their logical date, and those that the schedule will make. Days without any are left out.",
  tag: "Pictures",
  params: dagParams,
  query: Type.Object({
    year: Type.Integer({ minimum: 1970, maximum: 9998 }),
    zone: Type.Optional(
      Type.String({ maxLength: 100, description: "IANA name of the zone that days are of. Default: UTC." }),
    ),
  }),
  answer: Type.Object({
    zone: Type.String(),
    days: Type.Array(
      Type.Object({
        date: Type.String({ description: "Like `2026-01-31`." }),
        counts: runCounts,
        planned: Type.Optional(Type.Integer({ description: "Runs that the schedule will make." })),
      }),
    ),
    countedFrom: Type.Optional(
      instant("Present when the year has more than 200 000 runs: only those from this logical date on are counted."),
    ),
    plannedTo: Type.Optional(
      instant(
        "Present when more than 2 000 runs of the year are still to come: they are counted up to this logical date.",
      ),
    ),
  }),
});

const seconds = (description: string) => Type.Optional(Type.Number({ description }));

/** How long the newest runs of a DAG took, and its tasks in them. */
export const getDurations = operation({
  id: "getDurations",
  method: "GET",
  path: "/dags/{dagId}/durations",
  access: READ_TASK,
  summary: "How long the newest runs of a DAG took, newest first, and its tasks in them. All in seconds.",
  tag: "Pictures",
  params: dagParams,
  query: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: "Runs; default 50." })),
  }),
  answer: Type.Object({
    runs: Type.Array(
      Type.Object({
        ...recentRun.properties,
        queuedSeconds: seconds("From when it could begin to its start."),
        runSeconds: seconds("From start to end."),
        landingSeconds: seconds("From the end of its data interval to its own end."),
      }),
    ),
    tasks: Type.Array(
      Type.Object({
        taskId: Type.String(),
        count: Type.Integer({ description: "Instances that ran and have ended." }),
        medianSeconds: Type.Number(),
        p95Seconds: Type.Number(),
        lastSeconds: Type.Number({ description: "Mean of its instances in the newest run that has any." }),
        meanTries: Type.Number(),
        maxTries: Type.Integer(),
      }),
      { description: "By id." },
    ),
    taskRuns: Type.Integer({
      description:
        "`tasks` is about so many of the newest runs: as many as have 100 000 instances together, one at least.",
    }),
  }),
});
