import { expect, test } from "vitest";
import { besideValue, untyped } from "./typed-text.model.ts";

const typed = { ...untyped(""), text: "load ", asked: "load" };

test("a text stays as it is typed when its value comes back", () => {
  expect(besideValue(typed, "").text).toBe("load ");
  expect(besideValue(typed, "load").text).toBe("load ");
});

test("a filter that is taken away or set by other means empties or fills its field", () => {
  const told = besideValue(typed, "load");
  expect(besideValue(told, "").text).toBe("");
  expect(besideValue(told, "clean").text).toBe("clean");
  expect(besideValue(besideValue(told, ""), "load").text).toBe("load");
});
