import { expect, test } from "vitest";
import { parseExtra } from "./parse-extra.model.ts";

test("an empty text is nothing, an object is kept", () => {
  expect(parseExtra("  ")).toEqual({ kind: "none" });
  expect(parseExtra('{ "rows": 3 }')).toEqual({ kind: "object", value: { rows: 3 } });
});

test.each(["3", "[1]", "null", "{"])("%s is no object", (text) => {
  expect(parseExtra(text)).toEqual({ kind: "wrong" });
});
