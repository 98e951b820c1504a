import type { DagSummary, Graph, WhyFacts } from "@millrace/core";
import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant, opaque } from "../wire.ts";
import { recentRun } from "./run-shapes.ts";
import {
  dagParams,
  EDIT_DAG,
  listOf,
  pageOf,
  pageQuery,
  READ_DAG,
  READ_TASK,
  runCounts,
  runState,
  said,
} from "./schemas.ts";

const summary = {
  dagId: Type.String(),
  file: Type.String(),
  active: Type.Boolean({ description: "False when its file is gone." }),
  paused: Type.Boolean(),
  version: Type.Integer(),
  owner: Type.Optional(Type.Integer({ description: "Scheduler that drives it." })),
  displayName: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  tags: Type.Array(Type.String()),
  schedule: opaque<DagSummary["schedule"]>("The schedule as data."),
  nextRun: Type.Optional(
    Type.Object({ logicalDate: instant(), intervalStart: instant(), intervalEnd: instant(), runAfter: instant() }),
  ),
};

const graph = opaque<Graph>(
  "The DAG as data: options, tasks in topological order, groups. Its instants are microseconds since 1970.",
);
const DagItem = Type.Object({
  ...summary,
  owners: Type.Array(Type.String(), { description: "Of its tasks." }),
  lastRun: Type.Optional(recentRun),
  recentRuns: Type.Array(recentRun, {
    description: "The newest 14 by logical date, newest first. Empty without `can_read` on `DAG Runs`.",
  }),
  runCounts,
  importError: Type.Optional(
    Type.Object(
      { message: Type.String(), line: Type.Optional(Type.Integer()) },
      { description: "Why its file cannot be loaded as it is now." },
    ),
  ),
});
const DagWhole = Type.Object({ ...summary, graph, bundleHash: Type.String(), createdAt: instant(), seenAt: instant() });
const Version = Type.Object({ version: Type.Integer(), bundleHash: Type.String(), createdAt: instant() });
const Source = Type.Object({ file: Type.String(), source: Type.String() });
const versionParams = Type.Object({ dagId: Type.String(), version: Type.Integer({ minimum: 1 }) });

/** DAGs with what became of their runs. */
export const listDags = operation({
  id: "listDags",
  method: "GET",
  path: "/dags",
  access: [READ_DAG],
  summary: "DAGs with what became of their runs. All filters that are given must fit.",
  tag: "DAGs",
  query: Type.Object({
    ...pageQuery,
    includeInactive: Type.Optional(Type.Boolean({ description: "Also those whose file is gone." })),
    dagIds: Type.Optional(Type.String({ maxLength: 50_000, description: "Only these, with commas between." })),
    search: Type.Optional(Type.String({ description: "A part of the id." })),
    tags: Type.Optional(Type.String({ maxLength: 10_000, description: "Tags, with commas between." })),
    tagsMode: Type.Optional(
      Type.Union([Type.Literal("any"), Type.Literal("all")], {
        description: "Which of `tags` they must have; default any.",
      }),
    ),
    owner: Type.Optional(Type.String()),
    paused: Type.Optional(Type.Boolean()),
    lastRunState: Type.Optional(runState),
    orderBy: Type.Optional(
      Type.Union([Type.Literal("dagId"), Type.Literal("lastRun"), Type.Literal("nextRun")], {
        description:
          "`lastRun`: the newest logical date first; `nextRun`: the soonest first. Those without one come last.",
      }),
    ),
  }),
  answer: Type.Object({ ...pageOf(DagItem).properties, total: Type.Integer({ description: "That fit the filters." }) }),
});

/** What DAGs can be narrowed by. */
export const getDagFacets = operation({
  id: "getDagFacets",
  method: "GET",
  path: "/dag-facets",
  access: [READ_DAG],
  summary: "Tags, owners and states that DAGs can be narrowed by, with how many DAGs there are of each.",
  tag: "DAGs",
  answer: Type.Object({
    total: Type.Integer(),
    paused: Type.Integer(),
    tags: Type.Array(Type.Object({ tag: Type.String(), count: Type.Integer() })),
    owners: Type.Array(Type.Object({ owner: Type.String(), count: Type.Integer() })),
    lastRunStates: runCounts,
  }),
});

/** A DAG with its newest version. */
export const getDag = operation({
  id: "getDag",
  method: "GET",
  path: "/dags/{dagId}",
  access: [READ_DAG],
  summary: "A DAG with its newest version.",
  tag: "DAGs",
  params: dagParams,
  answer: DagWhole,
});

/** Pauses or unpauses a DAG. */
export const pauseDag = operation({
  id: "pauseDag",
  method: "POST",
  path: "/dags/{dagId}/pause",
  access: [EDIT_DAG],
  summary: "Pauses or unpauses a DAG.",
  tag: "DAGs",
  params: dagParams,
  body: Type.Object({ paused: Type.Boolean() }),
  answer: Type.Object({ changed: Type.Optional(Type.Integer()) }),
});

/** Deletes a DAG whose file is gone, with its runs. */
export const removeDag = operation({
  id: "removeDag",
  method: "DELETE",
  path: "/dags/{dagId}",
  access: [["can_delete", "DAGs"]],
  summary: "Deletes a DAG whose file is gone, with its runs.",
  tag: "DAGs",
  params: dagParams,
  answer: Type.Object({ runs: Type.Integer({ description: "How many went with it." }) }),
});

/** Versions of a DAG, newest first. */
export const listVersions = operation({
  id: "listVersions",
  method: "GET",
  path: "/dags/{dagId}/versions",
  access: [READ_DAG],
  summary: "Versions of a DAG, newest first.",
  tag: "Versions",
  params: dagParams,
  answer: listOf(Version),
});

/** The graph of a version. */
export const getVersion = operation({
  id: "getVersion",
  method: "GET",
  path: "/dags/{dagId}/versions/{version}",
  access: [READ_DAG],
  summary: "The graph of a version.",
  tag: "Versions",
  params: versionParams,
  answer: Type.Object({ version: Type.Integer(), graph, graphHash: Type.String(), bundleHash: Type.String() }),
});

/** The DAG file of a version as it was written. */
export const getVersionSource = operation({
  id: "getVersionSource",
  method: "GET",
  path: "/dags/{dagId}/versions/{version}/source",
  access: [READ_DAG, ["can_read", "DAG Code"]],
  summary: "The DAG file of a version as it was written.",
  tag: "Versions",
  params: versionParams,
  answer: Source,
});

/** What differs between two versions: tasks, and the file before and after. */
export const compareVersions = operation({
  id: "compareVersions",
  method: "GET",
  path: "/dags/{dagId}/versions/{version}/changes-since/{older}",
  access: [READ_DAG, ["can_read", "DAG Code"]],
  summary: "What differs between two versions: tasks, and the file before and after.",
  tag: "Versions",
  params: Type.Object({ ...versionParams.properties, older: Type.Integer({ minimum: 1 }) }),
  answer: Type.Object({
    before: Source,
    after: Source,
    added: Type.Array(Type.String(), { description: "Ids of tasks." }),
    removed: Type.Array(Type.String()),
    changed: Type.Array(Type.String()),
  }),
});

/** The DAG file of a bundle as it was written. */
export const getBundleSource = operation({
  id: "getBundleSource",
  method: "GET",
  path: "/bundles/{bundleHash}/source",
  access: [
    ["can_read", "DAGs"],
    ["can_read", "DAG Code"],
  ],
  summary: "The DAG file of a bundle as it was written.",
  tag: "Versions",
  params: Type.Object({ bundleHash: Type.String() }),
  answer: Source,
});

/** Why a DAG makes no run now. */
export const whyDag = operation({
  id: "whyDag",
  method: "GET",
  path: "/dags/{dagId}/why",
  access: [READ_DAG],
  summary: "Why a DAG makes no run now.",
  tag: "Why",
  params: dagParams,
  answer: listOf(said),
});

/** Everything that answers why something of a DAG does not run are made of; its instants are microseconds since 1970. */
export const getWhyFacts = operation({
  id: "getWhyFacts",
  method: "GET",
  path: "/dags/{dagId}/why-facts",
  access: READ_TASK,
  summary:
    "Everything that answers why something of a DAG does not run are made of; its instants are microseconds since 1970.",
  tag: "Why",
  params: dagParams,
  query: Type.Object({ runId: Type.Optional(Type.Integer()), mapIndex: Type.Optional(Type.Integer()) }),
  answer: opaque<WhyFacts>("Facts of one instant."),
});

/** The next runs that the schedule makes. */
export const listNextRuns = operation({
  id: "listNextRuns",
  method: "GET",
  path: "/dags/{dagId}/next-runs",
  access: [READ_DAG],
  summary: "The next runs that the schedule makes.",
  tag: "DAGs",
  params: dagParams,
  query: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: "Default 10." })),
  }),
  answer: listOf(
    Type.Object({ logicalDate: instant(), intervalStart: instant(), intervalEnd: instant(), runAfter: instant() }),
  ),
});

/** DAG files that cannot be loaded, and why. */
export const listImportErrors = operation({
  id: "listImportErrors",
  method: "GET",
  path: "/import-errors",
  access: [["can_read", "ImportError"]],
  summary: "DAG files that cannot be loaded, and why.",
  tag: "DAGs",
  answer: listOf(
    Type.Object({
      file: Type.String(),
      message: Type.String(),
      line: Type.Optional(Type.Integer()),
      column: Type.Optional(Type.Integer()),
      stack: Type.Optional(Type.String()),
      at: instant(),
    }),
  ),
});
