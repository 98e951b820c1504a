import { firstDifference } from "../graph/first-difference.ts";
import type { Graph } from "../graph/graph.ts";
import { serializeDag } from "../graph/serialize-dag.ts";
import type { BuiltDag } from "./body.ts";
import { badDag, siteOf, type Site } from "./build-error.ts";
import { collectBodies, collectDagCallbacks } from "./collect-bodies.ts";
import { checkDagOptions } from "./dag-options.ts";
import { checkId, type Declaration } from "./declaration.ts";
import { makeScope, refusePromise } from "./make-scope.ts";
import type { DagOptions } from "./options.ts";
import type { ParamValues } from "../params/param.ts";
import { timetableOf } from "./schedules.ts";
import type { Scope } from "./scope.ts";

const DAG = Symbol.for("millrace.dag");

/** A DAG as a DAG file exports it. Nothing is built until somebody asks. */
export interface DagDefinition {
  readonly [DAG]: true;
  readonly dagId: string;
  /** Runs the builder and gives the DAG with its code. @throws MillraceError BAD_DAG, BAD_SCHEDULE or BAD_PARAM */
  build(): BuiltDag;
  /** Runs the builder and gives the DAG as data. */
  graph(): Graph;
}

type NoParams = Record<never, never>;

/**
 * Declares a DAG: `export const orders = dag("orders", { schedule: cron("@daily") }, ({ task }) => { … })`.
 *
 * The builder is synchronous and deterministic: it only declares. Results of tasks are handles in it, never values.
 *
 * @param id 1–250 of `A-Z a-z 0-9 - . _`, unique among all DAG files.
 */
export function dag(id: string, build: (scope: Scope<NoParams>) => void): DagDefinition;
export function dag<const P extends object = NoParams>(
  id: string,
  options: DagOptions<P>,
  build: (scope: Scope<ParamValues<P>>) => void,
): DagDefinition;
export function dag(id: string, ...rest: readonly unknown[]): DagDefinition {
  const [options, build] = (rest.length > 1 ? rest : [{}, rest[0]]) as [
    DagOptions<object>,
    (scope: Scope<never>) => unknown,
  ];
  const site = siteOf(dag);
  const place = { dagId: String(id), site };
  checkId(id, place);
  if (typeof build !== "function") throw badDag(place, "dag() needs a function as its last argument");
  const make = (): BuiltDag => runBuilder({ dagId: id, site, options }, build);
  return Object.freeze({ [DAG]: true as const, dagId: id, build: make, graph: () => make().graph });
}

/**
 * Builds a DAG twice and compares: a builder that gives two different graphs (random ids, the clock, a list that grows) would give a worker
 * another graph than the scheduler's.
 *
 * @throws MillraceError BAD_DAG naming the first difference.
 */
export function buildDag(definition: DagDefinition): BuiltDag {
  const built = definition.build();
  const again = definition.build();
  if (JSON.stringify(built.graph) === JSON.stringify(again.graph)) return built;
  const difference = firstDifference(built.graph, again.graph) ?? "the same values in another order";
  throw badDag(
    { dagId: definition.dagId },
    `its builder gives another graph each time it runs (${difference}): do not read the clock, random numbers or changing files in it`,
  );
}

/** True for what `dag()` returns, of any copy of the package. */
export function isDag(value: unknown): value is DagDefinition {
  return typeof value === "object" && value !== null && DAG in value;
}

/** The DAGs among the exports of a module and in exported arrays, each once, in order. */
export function findDags(exports: object): readonly DagDefinition[] {
  return [...new Set(Object.values(exports).flat().filter(isDag))];
}

function runBuilder(
  head: { readonly dagId: string; readonly site: Site; readonly options: DagOptions<object> },
  build: (scope: Scope<never>) => unknown,
): BuiltDag {
  const declaration: Declaration = { ...head, tasks: [], groups: [], byId: new Map() };
  checkDagOptions(declaration);
  refusePromise(build(makeScope(declaration)), head);
  const graph = serializeDag(declaration);
  const timetable = head.options.schedule ? timetableOf(head.options.schedule) : undefined;
  return {
    graph,
    bodies: collectBodies(declaration),
    callbacks: collectDagCallbacks(head.options),
    templateSearchpath: head.options.templateSearchpath ?? [],
    ...(timetable && { timetable }),
  };
}
