import { expect, describe, test } from "vitest";
import { buildDag, dag } from "./dag.ts";
import { concat, pick, stream } from "./handle.ts";
import { operator } from "./operator.ts";
import type { DagOptions } from "./options.ts";
import { item } from "./refs.ts";
import { continuous, once } from "./schedules.ts";
import type { Scope } from "./scope.ts";

const nothing = (): null => null;

describe("mistakes", () => {
  const mistake =
    (builder: (scope: Scope) => unknown, options: DagOptions<object> = {}): (() => unknown) =>
    () =>
      buildDag(dag("d", options, builder as never));

  test.each([
    [
      "the same id twice",
      mistake(({ task }) => [task("t", nothing), task("t", nothing)]),
      "DAG d, task t: the id t is used twice",
    ],
    [
      "a group with the id of a task",
      mistake(({ task, group }) => [task("t", nothing), group("t", nothing)]),
      "DAG d, group t: the id t is used twice",
    ],
    ["an id with a blank", mistake(({ task }) => task("a b", nothing)), 'DAG d, task a b: the id "a b" is not allowed'],
    ["an id that is too long", mistake(({ task }) => task("a".repeat(251), nothing)), "is not allowed: use 1 to 250"],
    [
      "a task of another DAG",
      () => {
        let foreign: unknown;
        buildDag(dag("other", ({ task }) => void (foreign = task("t", nothing))));
        mistake(({ task }) => task("u", { input: { foreign } }, nothing))();
      },
      "DAG d, task u: it uses t, which is a task of another DAG",
    ],
    ["an async builder", mistake(() => Promise.reject(new Error("late"))), "DAG d: the builder is async"],
    [
      "a builder that differs",
      () => {
        let n = 0;
        buildDag(dag("d", ({ task }) => void task(`t${(n += 1)}`, nothing)));
      },
      'tasks[0].taskId: "t1" and then "t2"',
    ],
    [
      "an unknown option",
      mistake(({ task }) => task("t", { retrys: 1 } as never, nothing)),
      "DAG d, task t: retrys is not an option here",
    ],
    [
      "a wrong option",
      mistake(({ task }) => task("t", { retries: -1 }, nothing)),
      "DAG d, task t: retries: needs a whole number of at least 0, not -1",
    ],
    ["a wrong default", mistake(nothing, { defaults: { retryDelay: "soon" as never } }), "DAG d: retryDelay"],
    [
      "an unknown rule",
      mistake(({ task }) => task("t", { triggerRule: "some" as never }, nothing)),
      "triggerRule: needs one of all_success",
    ],
    [
      "a sensor that fails softly and never",
      mistake(({ sensor }) => sensor("s", { timeout: "1h", softFail: true, neverFail: true }, nothing)),
      "DAG d, task s: softFail and neverFail exclude each other",
    ],
    [
      "two parts of one result",
      mistake(({ task, map }) => {
        const both = task("both", () => ({ a: [1], b: [2] }));
        map("m", { each: { x: pick(both, "a") } }, nothing);
        map("n", { each: { x: concat([0], pick(both, "b")) } }, nothing);
      }),
      "DAG d, task n: it maps over another part of both than m does",
    ],
    [
      "a part of mapped results",
      mistake(({ map }) => {
        const many = map("many", { each: { x: [1] } }, () => [1]);
        map("m", { each: { x: pick(many, 0) } }, nothing);
      }),
      "each.x: many is mapped; map over its results",
    ],
    [
      "a stream to map over",
      mistake(({ task, map }) => map("m", { each: { x: stream(task("l", () => [1])) as never } }, nothing)),
      "each.x: a stream cannot be mapped over",
    ],
    ["a bad pool name", mistake(({ task }) => task("t", { pool: "my pool" }, nothing)), "pool: needs 1 to 250"],
    [
      "a condition that is no function",
      mistake(({ task }) => task("t", { runIf: true as never }, nothing)),
      "runIf: needs a function, not true",
    ],
    [
      "a condition of a task without code",
      mistake(({ empty }) => empty("e", { runIf: nothing } as never)),
      "runIf is not an option here",
    ],
    [
      "no body",
      mistake(({ task }) => (task as (id: string) => unknown)("t")),
      "task() needs a function or an operator",
    ],
    [
      "mapping in a mapped group",
      mistake(({ mapGroup }) =>
        mapGroup("g", { each: { x: [1] } }, (scope) => (scope as Scope).map("m", { each: { y: [1] } }, nothing)),
      ),
      "it is inside the mapped group g",
    ],
    [
      "mapping over a number",
      mistake(({ map }) => map("m", { each: { x: 5 as never } }, nothing)),
      "each.x: needs a list",
    ],
    ["mapping over nothing", mistake(({ map }) => map("m", { each: {} }, nothing)), "each: names nothing to map over"],
    [
      "an element outside its group",
      mistake(({ mapGroup, task }) => {
        let leaked: unknown;
        mapGroup("g", { each: { x: [1] } }, (_, { x }) => void (leaked = x));
        task("t", { input: { leaked } }, nothing);
      }),
      "the element x of group g exists only inside that group",
    ],
    [
      "item() that names nothing",
      mistake(({ task }) => task("t", operator({ name: "O", run: (_: { x: string }) => 1 })({ x: item("y") }))),
      'item("y") names nothing in each',
    ],
    [
      "a teardown of a task",
      mistake(({ task, teardown }) => teardown("t", { setups: [task("s", nothing)] }, nothing)),
      "s is not a setup",
    ],
    [
      "another rule below a setup",
      mistake(({ setup, task }) => task("t", { after: [setup("s", nothing)], triggerRule: "all_done" }, nothing)),
      "directly after the setup s",
    ],
    [
      "fail fast with another rule",
      mistake(({ task }) => task("t", { triggerRule: "all_done" }, nothing), { failFast: true }),
      "failFast needs the triggerRule all_success",
    ],
    [
      "a link to code",
      mistake(nothing, { ownerLinks: { me: "javascript:alert(1)" } }),
      "ownerLinks: the link of me needs to begin with https://",
    ],
    [
      "a link with something behind it",
      mistake(nothing, { ownerLinks: { me: "https://example.org onclick" } }),
      "ownerLinks: the link of me needs to begin with https://",
    ],
    [
      "continuous with two runs",
      mistake(nothing, { schedule: continuous(), maxActiveRuns: 2 }),
      "continuous() needs maxActiveRuns 1",
    ],
    ["an end before the start", mistake(nothing, { start: "2025-01-02", end: "2025-01-01" }), "end is before start"],
    [
      "retries of a single attempt",
      mistake(({ task }) => task("t", { singleAttempt: true, retries: 1 }, nothing)),
      "singleAttempt means that it never starts twice",
    ],
    [
      "a param whose default does not fit",
      mistake(nothing, { params: { p: undefined }, schedule: once() }),
      "DAG d: params: Invalid input for param p",
    ],
    [
      "something else in after",
      mistake(({ task }) => task("t", { after: ["x" as never] }, nothing)),
      "after[0] is not a task, a group or route.on",
    ],
    [
      "a sensor operator as a task",
      mistake(({ task }) => task("t", operator({ name: "WaitSensor", kind: "sensor", run: (_: object) => 1 })({}))),
      "declare it with sensor(",
    ],
  ])("%s is refused with the place and what to do", (_name, act, message) => {
    expect(act).toThrow(message);
    expect(act).toThrow(expect.objectContaining({ code: "BAD_DAG" }));
  });

  test("an error carries the line of the call", () => {
    const line = Number(new Error().stack?.match(/mistakes\.test\.ts:(\d+)/)?.[1]) + 1;
    const act = mistake(({ task }) => task("t", { retries: -1 }, nothing));
    expect(act).toThrow(new RegExp(`mistakes\\.test\\.ts:${line}:\\d+\\)$`));
  });
});
