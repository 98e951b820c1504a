import { describe, expect, expectTypeOf, test } from "vitest";
import { param } from "../params/param.ts";
import { dag } from "./dag.ts";
import { findPages, isPage, page } from "./page.ts";

const orders = dag("orders", ({ task }) => void task("t", () => 1));

describe("what a page declares", () => {
  test("a title is enough", () => {
    expect(page("health", { title: "Health" }, () => []).info()).toEqual({
      pageId: "health",
      title: "Health",
      dagIds: [],
      refreshSeconds: 60,
      timeLimitMs: 10_000,
      connections: [],
      variables: [],
      params: {},
    });
  });

  test("the DAG that it is a tab of is read, too; each DAG counts once, whether it is given itself or by its id", () => {
    const { info } = page("health", { title: "Health", dag: orders, reads: ["orders", "stock"] }, () => []);
    expect(info()).toMatchObject({ dagId: "orders", dagIds: ["orders", "stock"] });
  });

  test("everything else is taken over as data", () => {
    const options = {
      title: "Health",
      description: "How it does",
      icon: "heart",
      refreshSeconds: 30,
      executionTimeout: "2s",
      connections: ["lake", "lake"],
      variables: ["limit"],
      params: { hours: param(24, { type: "integer", maximum: 168 }), source: "all" },
    } as const;
    const made = page("health", options, ({ params }) => {
      expectTypeOf(params).toEqualTypeOf<{ readonly hours: number; readonly source: string }>();
      return [];
    });
    expect(made.info()).toMatchObject({
      description: "How it does",
      icon: "heart",
      refreshSeconds: 30,
      timeLimitMs: 2_000,
      connections: ["lake"],
      variables: ["limit"],
      params: { hours: { default: 24, schema: { maximum: 168 } }, source: { default: "all" } },
    });
    expect(JSON.parse(JSON.stringify(made.info()))).toEqual(made.info());
  });
});

describe("mistakes", () => {
  const refusal = (options: object): string => {
    try {
      page("health", { title: "Health", ...options }, () => []).info();
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };

  test.each([
    [{ title: 3 }, "it needs a title"],
    [{ colour: "red" }, "colour is not an option here"],
    [{ icon: "unicorn" }, "icon: needs one of activity"],
    [{ refreshSeconds: 1 }, "refreshSeconds: needs a whole number from 5 to 86400"],
    [{ executionTimeout: "2m" }, "executionTimeout: needs a length of time from 1ms to 60s"],
    [{ connections: "lake" }, "connections: needs a list of texts"],
    [{ dag: 7 }, "dag and reads: name DAGs"],
    [{ reads: ["a b"] }, "dag and reads: name DAGs"],
    [{ params: { hours: param(undefined) } }, "the param hours needs a default"],
  ])("%j is refused", (options, words) => {
    expect(refusal(options)).toContain(`page health: ${words}`);
  });

  test("they name the line of the page", () => {
    expect(refusal({ icon: "unicorn" })).toMatch(/\(at .*page\.test\.ts:\d+:\d+\)$/);
  });

  test("an id that cannot be in an address is refused at once, and so is a page without code", () => {
    expect(() => page("a/b", { title: "x" }, () => [])).toThrow('the id "a/b" is not allowed');
    expect(() => page("a", { title: "x" }, undefined as never)).toThrow("page() needs a function");
  });
});

test("pages are found among exports and in exported arrays, each once", () => {
  const one = page("one", { title: "One" }, () => []);
  const two = page("two", { title: "Two" }, () => []);
  expect(findPages({ one, again: one, list: [two], orders, n: 1 })).toEqual([one, two]);
  expect(isPage(orders)).toBe(false);
});
