import { describe, expect, test } from "vitest";
import { type MillraceError } from "../errors.ts";
import { declareParams, isParam, param, type Param, type ParamOptions, type ParamValues } from "./param.ts";
import { checkParamDefinitions, dumpParam, resolveParams } from "./resolve-params.ts";

type Eq<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
const is = <_T extends true>(): void => undefined;

function refusal(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    expect((error as MillraceError).code).toBe("BAD_PARAM");
    return (error as MillraceError).message;
  }
  throw new Error("was accepted");
}

const resolve = (declared: Record<string, unknown>, conf?: Record<string, unknown>): unknown =>
  resolveParams({ dag: declareParams(declared), ...(conf !== undefined && { conf }) });

test("types follow the declaration", () => {
  const declared = <const P>(_params: P): ParamValues<P> | undefined => undefined;
  const values = declared({
    minimum: 5,
    name: "x",
    on: true,
    list: ["a"],
    nested: { n: 1 },
    open: null,
    mode: param("fast", { enum: ["fast", "slow"] }),
    maybe: param(null, { type: ["null", "string"] }),
    day: param(undefined, { type: "string", format: "date" }),
    boxed: param(3, { minimum: 1 }),
  });
  type V = NonNullable<typeof values>;
  is<Eq<V["minimum"], number>>();
  is<Eq<V["name"], string>>();
  is<Eq<V["on"], boolean>>();
  is<Eq<V["list"], readonly string[]>>();
  is<Eq<V["nested"], { readonly n: number }>>();
  is<Eq<V["open"], unknown>>();
  is<Eq<V["mode"], "fast" | "slow">>();
  is<Eq<V["maybe"], string | null>>();
  is<Eq<V["day"], string>>();
  is<Eq<V["boxed"], number>>();
  const boxed: Param<number> = param(3);
  expect(values).toBeUndefined();
  expect([isParam(boxed), isParam(3), isParam(null)]).toEqual([true, false, false]);
});

describe("precedence", () => {
  const dag = declareParams({ a: 1, b: 1, c: 1 });
  const task = declareParams({ b: 2, c: 2 });

  test("is conf over task over DAG", () => {
    expect(resolveParams({ dag, task, conf: { c: 3, extra: "kept" } })).toEqual({ a: 1, b: 2, c: 3, extra: "kept" });
  });

  test("leaves conf out when the configuration says so", () => {
    expect(resolveParams({ dag, task, conf: { c: 3, extra: "kept" }, confOverrides: false })).toEqual({
      a: 1,
      b: 2,
      c: 2,
    });
  });

  test("a task's declaration replaces the schema too", () => {
    const strict = declareParams({ a: param("x", { enum: ["x"] }) });
    expect(resolveParams({ dag, task: strict, conf: { a: "x" } })).toMatchObject({ a: "x" });
  });
});

describe("a value that does not fit is refused, naming the param and the rule", () => {
  test.each<[unknown, unknown, string]>([
    [param(10, { type: "integer", minimum: 1 }), 0, "Invalid input for param p: must be >= 1, got 0."],
    [param(10, { type: "integer" }), 1.5, "Invalid input for param p: must be integer, got 1.5."],
    [param("a", { enum: ["a", "b"] }), "c", 'Invalid input for param p: must be one of "a", "b", got "c".'],
    [param("a", { const: "a" }), "c", 'Invalid input for param p: must be "a", got "c".'],
    [
      param("2026-01-01", { type: "string", format: "date" }),
      "2026-13-01",
      'Invalid input for param p: must match format "date", got "2026-13-01".',
    ],
    [
      param({ deep: { n: 1 } }, { properties: { deep: { properties: { n: { type: "number" } } } } }),
      { deep: { n: "x" } },
      'Invalid input for param p: deep.n must be number, got {"deep":{"n":"x"}}.',
    ],
    [5, "5", 'Invalid input for param p: must be number, got "5".'],
    ["text", null, "Invalid input for param p: must be string, got null."],
    [
      param(undefined, { type: "string" }),
      undefined,
      "Invalid input for param p: no value was given and it has no default.",
    ],
  ])("%#", (declared, value, message) => {
    expect(refusal(() => resolve({ p: declared }, value === undefined ? {} : { p: value }))).toBe(message);
  });

  test("all at once", () => {
    expect(refusal(() => resolve({ a: 1, b: 1, c: 1 }, { a: "x", c: "y" }))).toMatch(/param a: .* param c: /);
  });

  test("long values are shortened in the message", () => {
    expect(refusal(() => resolve({ a: 1 }, { a: "x".repeat(10_000) })).length).toBeLessThan(200);
  });
});

describe("definition", () => {
  test("of a DAG with a schedule needs fitting defaults, of one without does not", () => {
    const missing = declareParams({ day: param(undefined, { type: "string" }) });
    const wrong = declareParams({ n: param(0, { minimum: 1 }) });
    expect(refusal(() => checkParamDefinitions(missing, { isScheduled: true }))).toContain(
      "param day: a DAG with a schedule needs a default",
    );
    expect(refusal(() => checkParamDefinitions(wrong, { isScheduled: true }))).toContain("param n: must be >= 1");
    checkParamDefinitions(missing, { isScheduled: false });
    checkParamDefinitions(wrong, { isScheduled: false });
  });

  test("refuses a schema that is none, also a misspelt keyword", () => {
    for (const schema of [{ minimun: 1 }, { type: "strin" }, { format: "dat" }, { pattern: "(" }] as object[]) {
      const declared = declareParams({ p: param("x", schema as ParamOptions) });
      expect(refusal(() => checkParamDefinitions(declared, { isScheduled: false }))).toContain(
        "The schema of param p is not JSON Schema 2020-12",
      );
    }
  });

  test("accepts the keywords of trigger forms", () => {
    const declared = declareParams({
      p: param("a", { section: "S", title: "T", examples: ["a"], valuesDisplay: { a: "Alpha" }, description: "D" }),
    });
    checkParamDefinitions(declared, { isScheduled: true });
    expect(dumpParam(declared["p"])).toEqual({
      __class: "airflow.models.param.Param",
      value: "a",
      description: "D",
      schema: { section: "S", title: "T", examples: ["a"], values_display: { a: "Alpha" } },
    });
  });

  test("refuses defaults that are not JSON", () => {
    for (const value of [new Date(0), new Map(), () => 1, 5n]) {
      expect(refusal(() => declareParams({ p: value }))).toContain("The default of param p is not plain JSON");
    }
  });

  test("a param without a default dumps as null", () => {
    expect(dumpParam(declareParams({ p: param(undefined, { type: "string" }) })["p"])).toMatchObject({
      value: null,
      description: null,
    });
  });
});
