import {
  isTemplate,
  MillraceError,
  neighbourDates,
  referencedNames,
  renderTemplate,
  templateContext,
  type AnyParams,
  type AssetEvent,
  type CompiledTemplate,
  type Connection,
  type ReferencedXCom,
  type Schedule,
  type TemplateFacts,
} from "@millrace/core";
import type { XComQuestion } from "./pull-xcom.ts";
import { compiledTemplate } from "./template-cache.ts";
import type { RunContextParts } from "./try-context.ts";

/** Renders texts, and template files of the bundle by name. */
export interface Renderer {
  readonly render: (text: string) => Promise<string>;
  readonly renderFile: (name: string) => Promise<string>;
}

/** What a renderer knows beside the run. */
export interface RenderFacts {
  readonly taskInstance?: NonNullable<TemplateFacts["taskInstance"]>;
  /** Elements of the mapped instance, as they are when a text is rendered. */
  readonly item?: () => Readonly<Record<string, unknown>>;
  readonly expandedCount?: number;
  readonly isTest?: boolean;
  readonly triggeringEvents?: NonNullable<TemplateFacts["triggeringEvents"]>;
  /** Why it failed, in callbacks. */
  readonly exception?: string;
  /** Updates of its inlets, and what it has attached to its outlets so far. */
  readonly assets?: {
    inletEvents(): Promise<readonly AssetEvent[]>;
    readonly attached: ReadonlyMap<string, AnyParams>;
  };
  /** Results of other tasks. */
  readonly xcom?: (question: XComQuestion) => Promise<unknown>;
}

/**
 * Makes the function that renders Jinja texts for one try or callback. Variables, connections and results that a text names are loaded before
 * it is rendered; templates themselves cannot wait.
 */
export function createRenderer(ctx: RunContextParts, more: RenderFacts): Renderer {
  const { templates = {} } = ctx.parts.dag;
  const included = (name: string): CompiledTemplate | undefined =>
    Object.hasOwn(templates, name) ? compiledTemplate(ctx.parts.tools.templates, templates[name]) : undefined;
  const render = async (compiled: CompiledTemplate): Promise<string> => {
    const own = referencedNames(compiled);
    const names = own.includes.length === 0 ? own : referencedNames(compiled, ...allIncluded(own.includes, included));
    const { reads } = ctx.parts;
    const [variables, connections, xcoms, previous, inletEvents] = await Promise.all([
      loadAll(names.variables, (key) => reads.findVariable(key)),
      loadAll(names.connections, (id) => reads.connection(id)),
      loadAll(names.xcoms.map(xcomName), async (name) => await more.xcom?.(JSON.parse(name) as XComQuestion)),
      names.previousSuccess ? ctx.previousRun() : undefined,
      names.inletEvents ? more.assets?.inletEvents() : undefined,
    ]);
    const facts = factsOf(ctx, more, { variables, connections, xcoms });
    return renderTemplate(
      compiled,
      templateContext({
        ...facts,
        ...(names.neighbours && neighbours(ctx)),
        ...(previous && { previousSuccess: previous }),
        ...(inletEvents && { inletEvents }),
      }),
      { included },
    );
  };
  return {
    render: async (text) => (isTemplate(text) ? await render(compiledTemplate(ctx.parts.tools.templates, text)) : text),
    async renderFile(name) {
      const file = included(name);
      if (file !== undefined) return await render(file);
      throw new MillraceError(
        "BUNDLE_BROKEN",
        `the bundle has no template file ${name}; its DAG file must be read anew`,
      );
    },
  };
}

/** What a template includes, directly or not. */
function allIncluded(
  includes: readonly string[],
  find: (name: string) => CompiledTemplate | undefined,
): readonly CompiledTemplate[] {
  const names = new Set(includes);
  // A set grows while it is walked.
  for (const name of names) for (const next of includesOf(find(name))) names.add(next);
  return [...names].map(find).filter((found) => found !== undefined);
}

function includesOf(template: CompiledTemplate | undefined): readonly string[] {
  return template === undefined ? [] : referencedNames(template).includes;
}

function neighbours(ctx: RunContextParts): Pick<TemplateFacts, "previousLogicalDate" | "nextLogicalDate"> {
  const { run, dag } = ctx.parts;
  const { previous, next } = neighbourDates(dag.graph.dag.schedule, run);
  return {
    ...(previous !== undefined && { previousLogicalDate: previous }),
    ...(next !== undefined && { nextLogicalDate: next }),
  };
}

interface Loaded {
  readonly variables: ReadonlyMap<string, string | undefined>;
  readonly connections: ReadonlyMap<string, Connection | undefined>;
  readonly xcoms: ReadonlyMap<string, unknown>;
}

function factsOf(ctx: RunContextParts, more: RenderFacts, loaded: Loaded): TemplateFacts {
  const { run, dag, task, tools, dagId } = ctx.parts;
  const { xcom: _, item, assets, ...rest } = more;
  return {
    ...rest,
    now: tools.clock.now(),
    ...(tools.configuration && { configuration: tools.configuration }),
    dagId,
    runId: run.runKey,
    runType: run.runType,
    logicalDate: run.logicalDate,
    dataInterval: { start: run.intervalStart, end: run.intervalEnd },
    zone: zoneOf(dag.graph.dag.schedule),
    params: ctx.params,
    conf: ctx.conf,
    dag: {
      tags: dag.graph.dag.tags,
      description: dag.graph.dag.description ?? null,
      max_active_runs: dag.graph.dag.maxActiveRuns,
      catchup: dag.graph.dag.catchup,
    },
    ...(run.startedAt === undefined ? {} : { runStartAt: run.startedAt }),
    ...(task === undefined
      ? {}
      : {
          task: {
            owner: task.owner,
            retries: task.retries ?? tools.rules.defaultTaskRetries,
            pool: task.pool,
            queue: task.queue,
          },
          inlets: task.inlets,
          outlets: task.outlets,
        }),
    ...(task?.mapName === undefined ? {} : { mapIndexTemplate: task.mapName }),
    ...(item === undefined ? {} : { item: item() }),
    ...(assets && { outletExtras: Object.fromEntries(assets.attached) }),
    variable: (key) => loaded.variables.get(key),
    connection: (id) => loaded.connections.get(id),
    xcom: (wanted) => {
      const name = xcomName(wanted);
      if (loaded.xcoms.has(name)) return loaded.xcoms.get(name);
      throw new MillraceError(
        "BAD_TEMPLATE",
        `xcom_pull(): write task, DAG, key, map index and include_prior_dates in full, not computed`,
      );
    },
  };
}

async function loadAll<T>(
  names: readonly string[],
  load: (name: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await load(name)] as const)));
}

function xcomName({ taskId, key, mapIndex, dagId, includePriorDates }: ReferencedXCom): string {
  return JSON.stringify({ taskId, key, mapIndex, dagId, includePriorDates });
}

function zoneOf(schedule: Schedule): string {
  const time = schedule.kind === "assetsOrTime" ? schedule.time : schedule;
  return "zone" in time ? time.zone : "UTC";
}
