import type { GraphEach, GraphEachSource, GraphInput, GraphTask } from "../graph/graph.ts";
import type { EachList } from "./body.ts";
import { badDag, type Place, type Site } from "./build-error.ts";
import type {
  Defaults,
  DagOptions,
  MapOptions,
  SensorOptions,
  ShortCircuitOptions,
  TaskOptions,
  TeardownOptions,
} from "./options.ts";

/** Everything that an edge of one task to one upstream task says, while a DAG is being built. */
export interface EdgeDraft {
  via: "data" | "order";
  choices?: string[];
}

/** Upstream task → edge. */
export type Edges = Map<number, EdgeDraft>;

/** What a mapped task or group maps over, with the lists that are written in the DAG file. */
export interface DeclaredEach {
  readonly mode: GraphEach["mode"];
  readonly sources: readonly GraphEachSource[];
  /** By name, in the order of the source's lists. */
  readonly lists: Readonly<Record<string, readonly EachList[]>>;
  /** What `zip` fills shorter lists with. */
  readonly fill?: unknown;
}

/** Options of all verbs together; each verb sets its own. */
export type AnyTaskOptions = TaskOptions &
  Partial<MapOptions> &
  Partial<Omit<SensorOptions, keyof TaskOptions>> &
  Partial<Omit<ShortCircuitOptions, keyof TaskOptions>> &
  Partial<Omit<TeardownOptions, keyof TaskOptions>> & { readonly input?: object; readonly each?: object };

/** A task of the DAG that is being built. */
export interface DeclaredTask {
  readonly index: number;
  readonly taskId: string;
  readonly kind: GraphTask["kind"];
  readonly role: "work" | "setup" | "teardown";
  /** Name of the operator when the body is a function. */
  readonly operatorName: string;
  /** As the verb was given them. */
  readonly own: AnyTaskOptions;
  /** Own over groups' over the DAG's. */
  readonly options: AnyTaskOptions;
  readonly body: unknown;
  readonly group?: number;
  readonly site: Site;
  readonly edges: Edges;
  readonly inputs: Readonly<Record<string, GraphInput>>;
  readonly each?: DeclaredEach;
  /** teardown only. */
  readonly ends?: readonly number[];
}

/** A group of the DAG that is being built. */
export interface DeclaredGroup {
  readonly index: number;
  readonly groupId: string;
  readonly parent?: number;
  readonly prefix: boolean;
  readonly tooltip?: string;
  readonly defaults: Defaults;
  readonly each?: DeclaredEach;
  /** What its first tasks come after. */
  readonly after: Edges;
  readonly site: Site;
}

/** A DAG that is being built. Tasks only know tasks that were declared before them, so the list is in topological order. */
export interface Declaration {
  readonly dagId: string;
  readonly site: Site;
  readonly options: DagOptions<object>;
  readonly tasks: DeclaredTask[];
  readonly groups: DeclaredGroup[];
  /** By id; `undefined` for groups, which share one namespace with tasks. */
  readonly byId: Map<string, DeclaredTask | undefined>;
}

const ID = /^[A-Za-z0-9._-]{1,250}$/;

/** Checks an id of a DAG, task or group. @throws MillraceError BAD_DAG */
export function checkId(id: unknown, place: Place): void {
  if (typeof id === "string" && ID.test(id)) return;
  throw badDag(
    place,
    `the id ${JSON.stringify(id)} is not allowed: use 1 to 250 of the characters A-Z a-z 0-9 - . _ (displayName may be prettier)`,
  );
}

/** Adds an edge; several to the same task become one. A choice stays when data comes through the same edge. */
export function addEdge(edges: Edges, task: number, edge: EdgeDraft): void {
  const known = edges.get(task);
  if (!known) {
    edges.set(task, { ...edge, ...(edge.choices && { choices: [...edge.choices] }) });
    return;
  }
  if (edge.via === "data") known.via = "data";
  if (edge.choices) known.choices = [...new Set([...(known.choices ?? []), ...edge.choices])];
}

/** The innermost mapped group around a group (itself included), -1 = none. */
export function mappedGroup(declaration: Declaration, group: number | undefined): number {
  for (let at = group; at !== undefined; at = declaration.groups[at].parent) if (declaration.groups[at].each) return at;
  return -1;
}

/** True when `group` is `outer` or inside it. */
export function isInside(declaration: Declaration, group: number | undefined, outer: number): boolean {
  for (let at = group; at !== undefined; at = declaration.groups[at].parent) if (at === outer) return true;
  return false;
}
