import { expect, test } from "vitest";
import { fieldsOf, filterName, paramsText } from "./page-params.model.ts";

const PARAMS = {
  hours: { default: 24, description: "How far back", schema: { title: "Hours", enum: [6, 24] } },
  limit: { default: 10, schema: { type: "integer", minimum: 1, maximum: 100 } },
  only: { default: false, schema: { type: "boolean" } },
  source: { default: "all", schema: { type: "string" } },
};

test("each param has a field of its kind, with its default", () => {
  expect(fieldsOf(PARAMS, {})).toEqual([
    { name: "hours", label: "Hours", description: "How far back", kind: "choice", choices: ["6", "24"], value: "24" },
    { name: "limit", label: "limit", kind: "number", value: 10, min: 1, max: 100 },
    { name: "only", label: "only", kind: "flag", value: false },
    { name: "source", label: "source", kind: "text", value: "all" },
  ]);
});

test("values of the URL stand in for defaults, and are sent in the types of the params", () => {
  const filters = { "p.hours": "6", "p.limit": "3", "p.only": "true", "p.source": "one", state: "failed" };
  expect(fieldsOf(PARAMS, filters).map(({ value }) => value)).toEqual(["6", 3, true, "one"]);
  expect(JSON.parse(paramsText(PARAMS, filters) ?? "")).toEqual({ hours: 6, limit: 3, only: true, source: "one" });
});

test("nothing is sent where nothing is set; what is no number is left to the server to refuse", () => {
  expect(paramsText(PARAMS, { state: "failed" })).toBeUndefined();
  expect(paramsText(PARAMS, { [filterName("limit")]: "many" })).toBe('{"limit":"many"}');
});
