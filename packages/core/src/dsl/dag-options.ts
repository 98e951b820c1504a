import { checkParamDefinitions } from "../params/resolve-params.ts";
import { declareParams } from "../params/param.ts";
import { isAssetExpression } from "./asset.ts";
import { badDag, reading, type Place } from "./build-error.ts";
import { CHECKS, checkOptions, type Check } from "./check-options.ts";
import type { Declaration } from "./declaration.ts";
import type { DagOptions, RetentionOptions } from "./options.ts";
import { checkDefaults } from "./task-options.ts";
import { findWebhook } from "./webhook.ts";

const DAG: Readonly<Record<keyof DagOptions<object>, Check>> = {
  schedule: (value) =>
    value === null || isAssetExpression(value) || (typeof value === "object" && "kind" in value)
      ? undefined
      : 'needs cron("@daily"), every("1h"), an asset, or null',
  start: CHECKS.text,
  end: CHECKS.text,
  catchup: CHECKS.flag,
  maxActiveRuns: CHECKS.atLeast1,
  maxActiveTasks: CHECKS.atLeast1,
  maxConsecutiveFailedRuns: CHECKS.atLeast0,
  runTimeout: CHECKS.duration,
  deadline: CHECKS.duration,
  failFast: CHECKS.flag,
  params: CHECKS.record,
  webhooks: (value) => (Array.isArray(value) && value.every(findWebhook) ? undefined : "needs a list of webhook(…)"),
  defaults: CHECKS.record,
  templateSearchpath: CHECKS.texts,
  tags: CHECKS.texts,
  displayName: CHECKS.text,
  description: CHECKS.text,
  doc: CHECKS.text,
  ownerLinks: CHECKS.record,
  pausedUponCreation: CHECKS.flag,
  accessControl: CHECKS.record,
  retention: CHECKS.record,
  onSuccess: CHECKS.callbacks,
  onFailure: CHECKS.callbacks,
  onDeadlineMissed: CHECKS.callbacks,
};

const RETENTION: Readonly<Record<keyof RetentionOptions, Check>> = {
  runs: (value) => (value === "forever" ? undefined : CHECKS.duration(value)),
  maxRuns: (value) => (value === "all" ? undefined : CHECKS.atLeast1(value)),
  logs: (value) => (value === "forever" ? undefined : CHECKS.duration(value)),
  maxRunsWithLogs: (value) => (value === "all" ? undefined : CHECKS.atLeast1(value)),
};

/** Checks what `dag()` was given. @throws MillraceError BAD_DAG, BAD_PARAM */
export function checkDagOptions(declaration: Pick<Declaration, "dagId" | "site" | "options">): void {
  const { dagId, site, options } = declaration;
  const place: Place = { dagId, site };
  if (typeof options !== "object" || options === null)
    throw badDag(place, "dag(id, options, builder): the options must be an object");
  checkOptions(options, DAG, place);
  checkDefaults(options.defaults ?? {}, place);
  checkOptions(options.retention ?? {}, RETENTION, place);
  refuseOtherLinks(options.ownerLinks ?? {}, place);
  const isContinuous = options.schedule && "kind" in options.schedule && options.schedule.kind === "continuous";
  if (isContinuous && (options.maxActiveRuns ?? 1) !== 1)
    throw badDag(place, "schedule: continuous() needs maxActiveRuns 1, or none given");
  const params = reading(place, "params", () =>
    declareParams((options.params ?? {}) as Readonly<Record<string, unknown>>),
  );
  reading(place, "params", () =>
    checkParamDefinitions(params, { isScheduled: options.schedule !== undefined && options.schedule !== null }),
  );
}

/** A page shows these as links, so nothing else may be behind them. */
function refuseOtherLinks(links: object, place: Place): void {
  for (const [owner, link] of Object.entries(links))
    if (!/^(https?:\/\/|mailto:)\S+$/i.test(String(link)))
      throw badDag(place, `ownerLinks: the link of ${owner} needs to begin with https://, http:// or mailto:`);
}
