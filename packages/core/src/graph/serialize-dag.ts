import { assetRuleOf, isAssetExpression } from "../dsl/asset.ts";
import { badDag, type Place } from "../dsl/build-error.ts";
import { collectDagCallbacks } from "../dsl/collect-bodies.ts";
import type { Declaration, DeclaredGroup } from "../dsl/declaration.ts";
import type { DagOptions, RetentionOptions } from "../dsl/options.ts";
import { scopesOf } from "../dsl/setup-scopes.ts";
import { declareParams } from "../params/param.ts";
import type { Schedule } from "../timetable/schedule.ts";
import { effectivePriorities } from "./effective-priority.ts";
import type { DagCallback, Graph, GraphDag, GraphGroup, GraphRetention } from "./graph.ts";
import { durationOf, instantOf, known } from "./option-values.ts";
import { serializeTask } from "./serialize-task.ts";
import { serializeWebhooks } from "./serialize-webhooks.ts";

const DEFAULT_MAX_ACTIVE_RUNS = 16;
const DEFAULT_MAX_ACTIVE_TASKS = 16;

/** What was declared, as data, with every default filled in. @throws MillraceError BAD_DAG */
export function serializeDag(declaration: Declaration): Graph {
  const { dagId } = declaration;
  const dag = serializeOptions(declaration);
  const scopes = scopesOf(declaration);
  const priorities = effectivePriorities(
    declaration.tasks.map(({ options, edges }) => ({
      weight: options.priorityWeight ?? 1,
      rule: options.weightRule ?? "downstream",
      upstream: [...edges.keys()],
    })),
  );
  const tasks = declaration.tasks.map((task) =>
    serializeTask(declaration, task, {
      setups: scopes[task.index],
      priority: priorities[task.index],
      zone: zoneOf(dag.schedule),
    }),
  );
  if (dag.failFast) refuseOtherRules(declaration);
  return { dagId, dag, tasks, groups: declaration.groups.map(serializeGroup) };
}

function serializeOptions(declaration: Declaration): GraphDag {
  const { options, dagId, site } = declaration;
  const place: Place = { dagId, site };
  const schedule = serializeSchedule(options.schedule);
  const zone = zoneOf(schedule);
  const start = instantOf(place, { name: "start", text: options.start }, zone);
  const end = instantOf(place, { name: "end", text: options.end }, zone);
  if (start !== undefined && end !== undefined && end < start)
    throw badDag(place, "end is before start: no run could ever be made");
  const callbacks = collectDagCallbacks(options);
  return known({
    displayName: options.displayName,
    description: options.description,
    docMd: options.doc,
    tags: [...new Set(options.tags)],
    ownerLinks: options.ownerLinks,
    schedule,
    start,
    end,
    catchup: options.catchup ?? false,
    maxActiveRuns: schedule.kind === "continuous" ? 1 : (options.maxActiveRuns ?? DEFAULT_MAX_ACTIVE_RUNS),
    maxActiveTasks: options.maxActiveTasks ?? DEFAULT_MAX_ACTIVE_TASKS,
    maxConsecutiveFailedRuns: options.maxConsecutiveFailedRuns ?? 0,
    runTimeoutMicros: durationOf(place, "runTimeout", options.runTimeout),
    deadlineMicros: durationOf(place, "deadline", options.deadline),
    failFast: options.failFast ?? false,
    params: declareParams((options.params ?? {}) as Readonly<Record<string, unknown>>),
    callbacks: (Object.keys(callbacks) as DagCallback[]).filter((event) => callbacks[event].length > 0),
    pausedUponCreation: options.pausedUponCreation,
    accessControl: options.accessControl,
    retention: options.retention && serializeRetention(place, options.retention),
    webhooks: serializeWebhooks(place, options),
  });
}

function serializeRetention(place: Place, { runs, maxRuns, logs, maxRunsWithLogs }: RetentionOptions): GraphRetention {
  return known({
    runsMicros: runs === "forever" ? null : durationOf(place, "retention.runs", runs),
    maxRuns: maxRuns === "all" ? null : maxRuns,
    logsMicros: logs === "forever" ? null : durationOf(place, "retention.logs", logs),
    maxRunsWithLogs: maxRunsWithLogs === "all" ? null : maxRunsWithLogs,
  });
}

function serializeSchedule(schedule: DagOptions<object>["schedule"]): Schedule {
  if (schedule === undefined || schedule === null) return { kind: "none" };
  return isAssetExpression(schedule) ? { kind: "assets", rule: assetRuleOf(schedule) } : schedule;
}

function zoneOf(schedule: Schedule): string {
  const time = schedule.kind === "assetsOrTime" ? schedule.time : schedule;
  return "zone" in time ? time.zone : "UTC";
}

function serializeGroup(group: DeclaredGroup): GraphGroup {
  const { groupId, parent, prefix, tooltip, each } = group;
  return known({
    groupId,
    parent,
    prefix,
    tooltip,
    each: each && { mode: each.mode, sources: each.sources },
  });
}

function refuseOtherRules(declaration: Declaration): void {
  for (const { taskId, site, options, role } of declaration.tasks) {
    const rule = options.triggerRule ?? "all_success";
    if (role === "teardown" || rule === "all_success") continue;
    throw badDag(
      { dagId: declaration.dagId, taskId, site },
      `failFast needs the triggerRule all_success everywhere, not ${rule}`,
    );
  }
}
