// From the JSON Schema of a webhook's body to the type of a place in it, so that a mapping that cannot be right does not compile.

/** The type of what a JSON Schema allows; `unknown` for what it leaves open or says with keywords that types do not follow. */
export type FromSchema<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly type: readonly (infer T)[] }
      ? OfType<S, T>
      : S extends { readonly type: infer T }
        ? OfType<S, T>
        : S extends { readonly properties: object }
          ? ObjectOf<S>
          : unknown;

type OfType<S, T> = T extends "string"
  ? string
  : T extends "number" | "integer"
    ? number
    : T extends "boolean"
      ? boolean
      : T extends "null"
        ? null
        : T extends "array"
          ? readonly (S extends { readonly items: infer I } ? FromSchema<I> : unknown)[]
          : T extends "object"
            ? ObjectOf<S>
            : unknown;

type ObjectOf<S> = S extends { readonly properties: infer P }
  ? { readonly [K in keyof P as K extends RequiredOf<S> ? K : never]: FromSchema<P[K]> } & {
      readonly [K in keyof P as K extends RequiredOf<S> ? never : K]?: FromSchema<P[K]>;
    }
  : Readonly<Record<string, unknown>>;

type RequiredOf<S> = S extends { readonly required: readonly (infer K)[] } ? K : never;

/** Stands for a pointer to where nothing can be. */
export interface Nowhere<P extends string> {
  readonly "the schema has no such place": P;
}

/** The type at a JSON pointer; with `undefined` where the schema does not require everything on the way. */
export type AtPointer<T, P extends string, Whole extends string = P> = P extends ""
  ? T
  : P extends `/${infer Head}/${infer Rest}`
    ? AtPointer<Member<T, Head, Whole>, `/${Rest}`, Whole>
    : P extends `/${infer Last}`
      ? Member<T, Last, Whole>
      : Nowhere<Whole>;

// Escaped names (~0, ~1) are not followed: what is there is unknown.
type Member<T, K extends string, Whole extends string> = unknown extends T
  ? unknown
  : T extends null | undefined
    ? undefined
    : T extends Nowhere<string>
      ? T
      : T extends readonly (infer E)[]
        ? K extends `${number}`
          ? E | undefined
          : Nowhere<Whole>
        : K extends keyof T
          ? T[K]
          : K extends `${string}~${string}`
            ? unknown
            : string extends keyof T
              ? T[keyof T]
              : Nowhere<Whole>;
