import type { AnyParams, Context } from "./context.ts";
import type { Each, Handle, Item, ItemHandles, Items, Mappable, MappedList, Ref, Values } from "./handle.ts";
import type { Operator } from "./operator.ts";
import type {
  Choice,
  EmptyOptions,
  Group,
  GroupOptions,
  MapOptions,
  SensorOptions,
  ShortCircuitOptions,
  TaskOptions,
  TeardownOptions,
} from "./options.ts";
import type { SkipValue } from "./signals.ts";

/** What a task's code may return: a value, a promise of one, or an operator in place of the function. */
export type BodyOf<In, P, T> = ((input: In, ctx: Context<P>) => T | Promise<T>) | Operator<T>;
/** What a task's result is to others: `SKIP` is not among it. */
export type Result<T> = Exclude<T, SkipValue>;
/** What a sensor found. */
export type Found<T> = Exclude<Awaited<T>, false | null | undefined | SkipValue>;

type NoInput = Record<never, never>;
type Picked<K> = K | readonly K[] | null;

/** A branch: a task whose result says which ways to go. */
export interface Branch<K extends string> extends Handle<Picked<K>> {
  /** For `after`: only when the branch chose one of these. */
  on(...keys: readonly [K, ...K[]]): Choice;
}

/** Handles that a group returns; of a mapped group each becomes the list of its values. */
export type MapOut<R> =
  R extends Handle<infer T> ? Handle<readonly T[]> : R extends object ? { readonly [K in keyof R]: MapOut<R[K]> } : R;

/** The elements of lists at the same position together, as long as the shortest: `each: zip({ name, url })`. */
export type Zip<E> = E & { readonly [zipped]: true };
declare const zipped: unique symbol;
/** Lists whose elements may be what they are filled with. */
export type Filled<E, F> = { readonly [K in keyof E]: MappedList<Item<E[K]> | F> };

/** Turns a source that cannot be mapped over into a sentence that names the task. */
type Mapped<Id extends string, E> = {
  readonly [K in keyof E as K extends string ? K : never]: E[K] extends Mappable
    ? unknown
    : `each of ${Id}: ${K & string} is not a list`;
};

/** The verbs that a mapped group has. All have the shape `verb(id, options?, body)`. */
export interface MappedScope<P = AnyParams> {
  /** Declares a task. Its result is the handle's value. */
  task<T>(id: string, body: BodyOf<NoInput, P, T>): Handle<Result<T>>;
  task<T, const I extends object = NoInput>(
    id: string,
    options: TaskOptions & { readonly input?: I },
    body: BodyOf<Values<I>, P, T>,
  ): Handle<Result<T>>;

  /** A task that chooses: it returns a key, several, or null; tasks say `after: [route.on("key")]`. What is not chosen is skipped. */
  branch<const K extends string>(id: string, body: BodyOf<NoInput, P, Picked<K>>): Branch<K>;
  branch<const K extends string, const I extends object = NoInput>(
    id: string,
    options: TaskOptions & { readonly input?: I },
    body: BodyOf<Values<I>, P, Picked<K>>,
  ): Branch<K>;

  /** A task that stops: when its result is falsy, what is downstream is skipped. */
  shortCircuit<T>(id: string, body: BodyOf<NoInput, P, T>): Handle<Result<T>>;
  shortCircuit<T, const I extends object = NoInput>(
    id: string,
    options: ShortCircuitOptions & { readonly input?: I },
    body: BodyOf<Values<I>, P, T>,
  ): Handle<Result<T>>;

  /** Skips its direct downstream in scheduled runs whose interval is not the latest. */
  latestOnly(id: string, options?: TaskOptions): Handle<boolean>;

  /** A task that waits: `false`, `null` and `undefined` mean "not yet", anything else is its result. */
  sensor<T, const I extends object = NoInput>(
    id: string,
    options: SensorOptions & { readonly input?: I },
    poke: BodyOf<Values<I>, P, T>,
  ): Handle<Found<T>>;

  /** A task without code, to join edges. */
  empty(id: string, options?: EmptyOptions): Handle<null>;

  /** Makes something that must be cleaned up. Tasks between it and its teardown need its success. */
  setup<T>(id: string, body: BodyOf<NoInput, P, T>): Handle<Result<T>>;
  setup<T, const I extends object = NoInput>(
    id: string,
    options: TaskOptions & { readonly input?: I },
    body: BodyOf<Values<I>, P, T>,
  ): Handle<Result<T>>;

  /**
   * Cleans up after its setups, whatever the work between did. Without `after` (and without input other than of its setups) it comes after
   * all tasks that are declared so far and are downstream of one of its setups.
   */
  teardown<T, const I extends object = NoInput>(
    id: string,
    options: TeardownOptions & { readonly input?: I },
    body: BodyOf<Values<I>, P, T>,
  ): Handle<Result<T>>;

  /** Tasks that belong together. What `build` returns is also what the group is to others. */
  group<R>(id: string, build: (scope: MappedScope<P>) => R): Group<R>;
  group<R>(id: string, options: GroupOptions, build: (scope: MappedScope<P>) => R): Group<R>;

  /** The DAG's params as refs, for options of operators. */
  readonly params: { readonly [K in keyof P]: Ref<P[K]> };
}

/** The verbs of a DAG and of its groups. */
export interface Scope<P = AnyParams> extends MappedScope<P> {
  /**
   * One instance per element of `each` (of several: every combination, the last varies fastest; with `zip` side by side). The elements
   * join the input by their names. The result is the list of the results of the instances that succeeded, in order.
   */
  map<T, const E extends object, const Id extends string = string, const I extends object = NoInput>(
    id: Id,
    options: MapOptions & { readonly each: E & Mapped<Id, E>; readonly input?: I },
    body: BodyOf<Items<E> & Values<I>, P, T>,
  ): Handle<readonly Result<T>[]>;

  /** A group with one instance per element of `each`. Its tasks get the elements as handles; to the outside its results are lists. */
  mapGroup<R, const E extends object, const Id extends string = string>(
    id: Id,
    options: GroupOptions & { readonly each: E & Mapped<Id, E> },
    build: (scope: MappedScope<P>, item: ItemHandles<E>) => R,
  ): Group<MapOut<R>>;

  group<R>(id: string, build: (scope: Scope<P>) => R): Group<R>;
  group<R>(id: string, options: GroupOptions, build: (scope: Scope<P>) => R): Group<R>;
}

const ZIP = Symbol.for("millrace.zip");

/**
 * Maps over several lists side by side instead of over every combination: `each: zip({ name: names, url: urls })`. As long as the shortest, or,
 * with `fill` in place of what is lacking, as long as the longest.
 */
export function zip<const E extends Each>(sources: E): Zip<E>;
export function zip<const E extends Each, const F>(sources: E, options: { readonly fill: F }): Zip<Filled<E, F>>;
export function zip(sources: Each, options?: { readonly fill: unknown }): unknown {
  return Object.freeze({ ...sources, [ZIP]: options ?? {} });
}

/** What {@link zip} was told, `undefined` for a product. */
export function zipOptions(each: object): { readonly fill?: unknown } | undefined {
  return ZIP in each ? (each[ZIP] as { readonly fill?: unknown }) : undefined;
}
