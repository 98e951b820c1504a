// What a DAG file passes around instead of values: handles of tasks, and refs to what is known only at run time.
// Both are recognised by symbols of the global registry: the worker's copy of this package resolves what the bundle's copy made.

const HANDLE = Symbol.for("millrace.handle");
const REF = Symbol.for("millrace.ref");
const LIST = Symbol.for("millrace.list");
declare const out: unique symbol;

/** The result of a task, before it exists. A mapped task is simply a `Handle<readonly T[]>`. */
export interface Handle<out T> {
  /** Id of the task, with the prefix of its groups. */
  readonly id: string;
  readonly [out]: T;
  /** What the task pushes with `ctx.xcom.push(name, …)`, instead of its result. Of a mapped task say `V` as a list. */
  key<V = unknown>(name: string): Handle<V>;
}

/** A value known only at run time, without a task behind it: variable, connection, param, template, element. */
export interface Ref<out T> {
  readonly [REF]: RefSource;
  readonly [out]: T;
}

/** Where a handle's value comes from. */
export type HandleSource =
  | {
      readonly kind: "result";
      readonly taskId: string;
      readonly stream: boolean;
      readonly key?: string;
      readonly path: readonly PropertyKey[];
      readonly builder: object;
    }
  /** An element of what the mapped group around it maps over. */
  | {
      readonly kind: "item";
      readonly name: string;
      readonly groupId: string;
      readonly path: readonly PropertyKey[];
      readonly builder: object;
    };

/** Where a ref's value comes from. */
export type RefSource =
  | { readonly kind: "variable"; readonly key: string; readonly fallback?: string; readonly json: boolean }
  | { readonly kind: "connection"; readonly id: string }
  | { readonly kind: "param"; readonly name: string }
  | { readonly kind: "template"; readonly text: string }
  /** A template in a file of the DAG's search path. */
  | { readonly kind: "file"; readonly name: string }
  | { readonly kind: "item"; readonly name: string };

/** Elements to map over that are made of other lists. Made by `concat` and `transform`; only `each` takes it. */
export interface MappedList<out T> {
  readonly [LIST]: ListSource;
  readonly [out]: readonly T[];
}

/** What a {@link MappedList} is made of. */
export type ListSource =
  | { readonly kind: "concat"; readonly parts: readonly unknown[] }
  | { readonly kind: "transform"; readonly of: unknown; readonly change: ElementChange };

/** What `transform` does to an element, in the worker. */
export type ElementChange = (element: never) => unknown;

/** What an operator's option accepts: the value, or what becomes the value; also inside lists and records. */
export type Arg<T> = T | Handle<T> | Ref<T> | Inside<T>;
type Inside<T> = T extends readonly (infer E)[]
  ? readonly (E | Handle<E> | Ref<E>)[]
  : T extends Readonly<Record<string, infer E>>
    ? string extends keyof T
      ? Readonly<Record<string, E | Handle<E> | Ref<E>>>
      : never
    : never;

/** The options of an operator as a DAG file may give them. */
export type Args<O> = { readonly [K in keyof O]: Arg<O[K]> };

/** What a body gets for an input; lists may hold handles too. */
export type Value<A> =
  A extends Handle<infer T>
    ? T
    : A extends Ref<infer T>
      ? T
      : A extends MappedList<infer T>
        ? readonly T[]
        : A extends readonly unknown[]
          ? { readonly [K in keyof A]: Value<A[K]> }
          : A;
/** What a body gets for its inputs. */
export type Values<I> = { readonly [K in keyof I]: Value<I[K]> };

type ManyValues = readonly unknown[] | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>;
/** What can be mapped over: a list, set or map, of a task, a param, or written in the DAG file; or several of these together. */
export type Mappable = Handle<ManyValues> | Ref<ManyValues> | ManyValues | MappedList<unknown>;
/** Name → what to map over. */
export type Each = Readonly<Record<string, Mappable>>;
/** One element of what is mapped over; of a map a pair of key and value. */
export type Item<A> =
  Value<A> extends readonly (infer T)[]
    ? T
    : Value<A> extends ReadonlyMap<infer K, infer V>
      ? readonly [K, V]
      : Value<A> extends ReadonlySet<infer T>
        ? T
        : never;
/** The elements that one instance of a mapped task gets. */
export type Items<E> = { readonly [K in keyof E as K extends string ? K : never]: Item<E[K]> };
/** The elements that one instance of a mapped group gets, as handles for the tasks in it. */
export type ItemHandles<E> = { readonly [K in keyof E as K extends string ? K : never]: Handle<Item<E[K]>> };

/** Makes a handle. Only the builder makes new ones. */
export function makeHandle<T>(id: string, source: HandleSource): Handle<T> {
  const handle = {
    id,
    [HANDLE]: source,
    key: (name: string) => makeHandle(id, withKey(source, name)),
  };
  return handle as unknown as Handle<T>;
}

/** Makes a ref. */
export function makeRef<T>(source: RefSource): Ref<T> {
  return Object.freeze({ [REF]: source }) as Ref<T>;
}

/** The source of a handle, `undefined` for anything else. */
export function handleSource(value: unknown): HandleSource | undefined {
  return typeof value === "object" && value !== null && HANDLE in value ? (value[HANDLE] as HandleSource) : undefined;
}

/** The source of a ref, `undefined` for anything else. */
export function refSource(value: unknown): RefSource | undefined {
  return typeof value === "object" && value !== null && REF in value ? (value[REF] as RefSource) : undefined;
}

/** A field of a result: `pick(stats, "domains")` is a handle to `stats.domains`, with the same edge. */
export function pick<T, const K extends keyof T>(from: Handle<T>, key: K): Handle<T[K]> {
  const source = handleSource(from) as HandleSource;
  return makeHandle(from.id, { ...source, path: [...source.path, key] });
}

/** The results of a mapped task (or the elements of a list) one after the other, for joins too large for memory. Use it as `input`. */
export function stream<T>(from: Handle<readonly T[]>): Handle<AsyncIterable<T>> {
  const source = handleSource(from) as HandleSource;
  return makeHandle(from.id, source.kind === "result" ? { ...source, stream: true } : source);
}

function withKey(source: HandleSource, key: string): HandleSource {
  return source.kind === "result" ? { ...source, key, path: [] } : { ...source, path: [...source.path, key] };
}

/** Several lists one after the other, for `each`: `concat(today, ["extra"])`. */
export function concat<const L extends readonly Mappable[]>(...lists: L): MappedList<Item<L[number]>> {
  return makeList({ kind: "concat", parts: lists });
}

/**
 * A list whose elements are changed before an instance gets them, for `each`: `transform(rows, (row) => row.url)`. The function runs in the worker,
 * once per try of each instance; when it throws a `Skip` that instance is skipped.
 */
export function transform<const L extends Mappable, U>(
  list: L,
  change: (element: Item<L>) => U | Promise<U>,
): MappedList<U> {
  return makeList({ kind: "transform", of: list, change });
}

/** The source of a list made by {@link concat} or {@link transform}, `undefined` for anything else. */
export function listSource(value: unknown): ListSource | undefined {
  return typeof value === "object" && value !== null && LIST in value ? (value[LIST] as ListSource) : undefined;
}

function makeList<T>(source: ListSource): MappedList<T> {
  return Object.freeze({ [LIST]: source }) as MappedList<T>;
}
