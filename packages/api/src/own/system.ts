import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant } from "../wire.ts";
import { listOf, READ_DAG } from "./schemas.ts";

/** What runs here, and the time by the database's clock. */
export const getSystem = operation({
  id: "getSystem",
  method: "GET",
  path: "/system",
  access: "login",
  summary: "What runs here, and the time by the database's clock.",
  tag: "System",
  answer: Type.Object({
    version: Type.String(),
    now: instant(),
    isLive: Type.Boolean({ description: "A scheduler runs." }),
  }),
});

/** Schedulers that have not ended, with their last heartbeat. */
export const listSchedulers = operation({
  id: "listSchedulers",
  method: "GET",
  path: "/schedulers",
  access: [["can_read", "Jobs"]],
  summary: "Schedulers that have not ended, with their last heartbeat.",
  tag: "System",
  answer: listOf(
    Type.Object({
      schedulerId: Type.Integer(),
      host: Type.String(),
      pid: Type.Integer(),
      startedAt: instant(),
      heartbeatAt: instant(),
      isAlive: Type.Boolean({ description: "Its last heartbeat is not older than 15 s." }),
    }),
  ),
});

/** Worker processes that have tries now, with how many. */
export const listWorkers = operation({
  id: "listWorkers",
  method: "GET",
  path: "/workers",
  access: [["can_read", "Jobs"]],
  summary: "Worker processes that have tries now, with how many.",
  tag: "System",
  answer: listOf(
    Type.Object({
      workerId: Type.String(),
      running: Type.Integer({ description: "Tries that it runs." }),
      since: instant("Start of the one that has run for longest."),
      heartbeatAt: Type.Optional(instant("Of remote workers: when one was last heard of.")),
    }),
  ),
});

/** DAGs and assets whose name has this text in it, and runs whose key begins with it; a few of each. */
export const search = operation({
  id: "search",
  method: "GET",
  path: "/search",
  access: [READ_DAG],
  summary: "DAGs and assets whose name has this text in it, and runs whose key begins with it; a few of each.",
  tag: "Search",
  query: Type.Object({
    text: Type.String({ minLength: 1, maxLength: 250 }),
    dagId: Type.Optional(Type.String({ description: "Runs and tasks of this DAG only." })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, description: "Of each kind; default 10." })),
  }),
  answer: Type.Object({
    dags: Type.Array(Type.Object({ dagId: Type.String(), paused: Type.Boolean() })),
    tasks: Type.Array(Type.Object({ dagId: Type.String(), taskId: Type.String() })),
    runs: Type.Array(Type.Object({ dagId: Type.String(), runId: Type.Integer(), runKey: Type.String() })),
    assets: Type.Array(Type.Object({ uri: Type.String() })),
  }),
});
