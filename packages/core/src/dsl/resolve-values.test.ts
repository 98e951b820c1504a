import { describe, expect, test } from "vitest";
import type { Body, ValueSources } from "./body.ts";
import { listCallbacks, notifier, runCallback } from "./callback.ts";
import { buildDag, dag } from "./dag.ts";
import { operator } from "./operator.ts";
import { pick } from "./handle.ts";
import { connection, item, jsonVariable, template, variable } from "./refs.ts";
import { resolveValues } from "./resolve-values.ts";
import type { Scope } from "./scope.ts";

const echo = operator({
  name: "Echo",
  templated: ["text"],
  run: (options: { text?: unknown; other?: unknown }) => options,
});

const bodyOf = (builder: (scope: Scope) => void, taskId = "t", params: object = {}): Body => {
  const body = buildDag(dag("d", { params }, builder as never)).bodies.get(taskId);
  if (!body) throw new Error(`no body ${taskId}`);
  return body;
};
const SOURCES: ValueSources = {
  input: (name) => ({ name, deep: { list: [7] } }),
  item: (name) => `item ${name}`,
  param: (name) => `param ${name}`,
  variable: (key) => (key === "missing" ? undefined : key === "json" ? '{"a":1}' : `variable ${key}`),
  connection: (id) => ({ id, type: "http", extra: {} }),
  renderFile: (name) => `text of ${name}`,
  render: async (text) => Promise.resolve(`rendered ${text}`),
};

describe("a function", () => {
  test("gets the values of its handles, also inside lists, and literals as they are", async () => {
    const body = bodyOf(({ task }) => {
      const a = task("a", () => 1);
      task("t", { input: { a, many: [a, 5], text: "{{ ds }}" } }, () => 1);
    });
    expect(await resolveValues(body, { ...SOURCES, input: (name) => name })).toEqual({
      a: "a",
      many: ["many.0", 5],
      text: "{{ ds }}",
    });
  });

  test("of a mapped task gets its elements with its input", async () => {
    const body = bodyOf(({ map }) => void map("t", { each: { x: [1], y: [2] }, input: { more: 3 } }, () => 1));
    expect(await resolveValues(body, SOURCES)).toEqual({ x: "item x", y: "item y", more: 3 });
    expect(body.lists).toEqual({ x: [{ literal: [1], changes: [] }], y: [{ literal: [2], changes: [] }] });
  });

  test("in a mapped group gets the element that it named, and the group's lists are at hand", async () => {
    const body = bodyOf(
      ({ mapGroup }) =>
        void mapGroup(
          "g",
          { each: { x: ["a"] } },
          ({ task }, { x }) => void task("t", { input: { mine: x } }, () => 1),
        ),
      "g.t",
    );
    expect(await resolveValues(body, SOURCES)).toEqual({ mine: "item x" });
    expect(body.lists).toEqual({ x: [{ literal: ["a"], changes: [] }] });
  });
});

describe("an operator", () => {
  test("gets refs, handles and fields of results in its options", async () => {
    const body = bodyOf(
      ({ task, params }) => {
        const a = task("a", () => ({ deep: { list: [7] } }));
        task(
          "t",
          echo({
            other: {
              v: variable("k"),
              j: jsonVariable("json"),
              c: connection("c"),
              p: params.n as never,
              t: template("x"),
              f: pick(pick(a, "deep"), "list"),
            },
          }),
        );
      },
      "t",
      { n: 1 },
    );
    expect(await resolveValues(body, SOURCES)).toEqual({
      other: {
        v: "variable k",
        j: { a: 1 },
        c: { id: "c", type: "http", extra: {} },
        p: "param n",
        t: "rendered x",
        f: [7],
      },
    });
  });

  test("renders texts of templated options only, and never what a variable or a result holds", async () => {
    const body = bodyOf(
      ({ task }) =>
        void task("t", echo({ text: { a: "{{ ds }}", b: ["plain", variable("{{ no }}")] }, other: "{{ ds }}" })),
    );
    expect(await resolveValues(body, SOURCES)).toEqual({
      text: { a: "rendered {{ ds }}", b: ["plain", "variable {{ no }}"] },
      other: "{{ ds }}",
    });
  });

  test("of a mapped task gets an element by item()", async () => {
    const body = bodyOf(({ map }) => void map("t", { each: { url: ["u"] } }, echo({ other: item("url") })));
    expect(await resolveValues(body, SOURCES)).toEqual({ other: "item url" });
  });

  test("leaves the options of the DAG file untouched", async () => {
    const options = { other: [variable("k")] };
    const body = bodyOf(({ task }) => void task("t", echo(options as never)));
    await resolveValues(body, SOURCES);
    expect(options.other[0]).not.toBe("variable k");
  });
});

test("a variable that does not exist fails with its name, unless it has a fallback", async () => {
  const make = (fallback?: string): Body =>
    bodyOf(({ task }) => void task("t", echo({ other: variable("missing", fallback) })));
  await expect(resolveValues(make(), SOURCES)).rejects.toThrow(
    "there is no variable missing: set MILLRACE_VAR_MISSING in the environment",
  );
  expect(await resolveValues(make("plan b"), SOURCES)).toEqual({ other: "plan b" });
});

test("a variable that is not JSON fails without quoting its text", async () => {
  const body = bodyOf(({ task }) => void task("t", echo({ other: jsonVariable("k") })));
  const error: unknown = await resolveValues(body, { ...SOURCES, variable: () => "s3cret" }).catch(
    (caught: unknown) => caught,
  );
  expect(String(error)).toContain("variable k is not JSON");
  expect(JSON.stringify(error) + String((error as Error).stack) + String((error as Error).cause)).not.toContain(
    "s3cret",
  );
});

test("a field of nothing fails with the name of the input", async () => {
  const body = bodyOf(
    ({ task }) =>
      void task(
        "t",
        {
          input: {
            x: pick(
              pick(
                task("a", () => ({ b: { c: 1 } })),
                "b",
              ),
              "c",
            ),
          },
        },
        () => 1,
      ),
  );
  await expect(resolveValues(body, { ...SOURCES, input: () => ({ b: null }) })).rejects.toThrow(
    "x: the value has no field c, because it is null",
  );
});

test("callbacks are functions, notifiers, or lists of them", async () => {
  const said: string[] = [];
  const say = notifier({
    name: "say",
    notify: ({ word }: { word: string }, ctx) => void said.push(`${word} ${ctx.event}`),
  });
  const [one, two] = listCallbacks([say({ word: "hello" }), (ctx) => void said.push(ctx.state)]);
  await runCallback(one, { event: "success" } as never);
  await runCallback(two, { state: "failed" } as never);
  expect(said).toEqual(["hello success", "failed"]);
  expect(listCallbacks(undefined)).toEqual([]);
  expect(listCallbacks(say({ word: "x" }))).toHaveLength(1);
});

test("options that do not fit the operator's schema fail with the rule, without their value", async () => {
  const schema = { type: "object", properties: { port: { type: "integer", maximum: 65_535 } }, required: ["port"] };
  const open = operator({ name: "OpenOperator", schema, run: ({ port }: { port: number }) => port });
  const make = (port: unknown): Body => bodyOf(({ task }) => void task("t", open({ port: port as never })));
  await expect(resolveValues(make(jsonVariable("k")), { ...SOURCES, variable: () => "70001" })).rejects.toThrow(
    /^task t: options of OpenOperator: port must be <= 65535$/,
  );
  expect(await resolveValues(make(80), SOURCES)).toEqual({ port: 80 });
});
