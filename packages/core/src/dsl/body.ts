import type { DagCallback, Graph, GraphTask, TaskCallback } from "../graph/graph.ts";
import type { Callback } from "./callback.ts";
import type { Connection } from "./connection.ts";
import type { Context } from "./context.ts";
import type { Trigger } from "./operator.ts";
import type { Condition, TaskOptions } from "./options.ts";
import type { ElementChange } from "./handle.ts";
import type { CustomTimetable } from "./schedules.ts";
import type { FoundSource } from "./walk-values.ts";

/** A list that is mapped over, as the worker needs it. */
export interface EachList {
  /** A list written in the DAG file. */
  readonly literal?: unknown;
  /** A param of the run. */
  readonly param?: string;
  /** Applied to an element, in order. */
  readonly changes: readonly ElementChange[];
}

/** Which part of a result is mapped over, and by whom first. */
export interface MappedOver {
  readonly by: string;
  /** What the task pushes under this key, instead of its result. */
  readonly key?: string;
  readonly path: readonly (string | number)[];
}

/** The code of one task, and what must be filled in before it is called. */
export interface Body {
  readonly taskId: string;
  readonly kind: GraphTask["kind"];
  /** Shown as the operator's name. */
  readonly operatorName: string;
  /** True: `values` are the options of an operator. False: they are the input of a function. */
  readonly isOperator: boolean;
  /** Input or options as written in the DAG file. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Where in `values` something must be filled in, with templates among texts that the operator declares as templated. */
  readonly sources: readonly FoundSource[];
  /** Names in the task's own `each`; a function gets these elements with its input. */
  readonly eachNames: readonly string[];
  /** The lists that the task, or the mapped group around it, maps over, by name. */
  readonly lists: Readonly<Record<string, readonly EachList[]>>;
  /** What `zip` fills shorter lists with. */
  readonly fill?: unknown;
  /** What is mapped over of this task's result, which must be a list then. */
  readonly mappedOver?: MappedOver;
  /** JSON Schema of the resolved options. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly mapName?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly triggers: Readonly<Record<string, Trigger>>;
  readonly callbacks: Readonly<Record<TaskCallback, readonly Callback[]>>;
  /** Asked before a try. */
  readonly runIf?: Condition;
  readonly skipIf?: Condition;
  /** Called right before `run`, and with its result right after it. */
  readonly preExecute?: NonNullable<TaskOptions["preExecute"]>;
  readonly postExecute?: NonNullable<TaskOptions["postExecute"]>;
  /** The user's function, or the operator's `run`. Of a sensor: one look. */
  readonly run: (values: Readonly<Record<string, unknown>>, ctx: Context) => unknown;
}

/** A DAG with its code: what {@link buildDag} makes. */
export interface BuiltDag {
  readonly graph: Graph;
  /** By task id; every task of the graph has one. */
  readonly bodies: ReadonlyMap<string, Body>;
  readonly callbacks: Readonly<Record<DagCallback, readonly Callback[]>>;
  /** Set when the schedule is a custom timetable. */
  readonly timetable?: CustomTimetable;
  /** Folders that template files are looked for in beside the DAG file's own, relative to it. */
  readonly templateSearchpath: readonly string[];
  /** Texts of template files by name, in a bundle. */
  readonly templates?: Readonly<Record<string, string>>;
}

/** Where the values of a try come from. Each may answer at once or with a promise. */
export interface ValueSources {
  /** By the name in the task's `inputs` of the graph, for example `total` or `options.servers`. */
  input(name: string): unknown;
  /** Element of this mapped instance by its name in `each`. */
  item(name: string): unknown;
  /** A param of the run. */
  param(name: string): unknown;
  /** @returns `undefined` when there is no such variable. */
  variable(key: string): string | undefined | Promise<string | undefined>;
  connection(id: string): Connection | Promise<Connection>;
  render(text: string): string | Promise<string>;
  /** A template in a file of the DAG's search path. */
  renderFile(name: string): string | Promise<string>;
}
