import { expect, test } from "vitest";
import { queryOf } from "./dag-filters.model.ts";

test("a URL without filters asks for all DAGs", () => {
  expect(queryOf({}, ["orders"])).toEqual({});
});

test("every filter of the URL is asked for", () => {
  const filters = {
    search: "ord",
    tags: "a,b",
    tagsMode: "all",
    owner: "ada",
    show: "paused",
    last: "failed",
    order: "nextRun",
  };
  expect(queryOf(filters, [])).toEqual({
    search: "ord",
    tags: "a,b",
    tagsMode: "all",
    owner: "ada",
    paused: true,
    lastRunState: "failed",
    orderBy: "nextRun",
  });
});

test("favourites are asked for by id", () => {
  expect(queryOf({ show: "favourites" }, ["a", "b"])).toEqual({ dagIds: "a,b" });
});

test("what the server does not know is left out", () => {
  expect(queryOf({ last: "exploded", order: "colour", show: "hidden", tagsMode: "all" }, [])).toEqual({});
});
