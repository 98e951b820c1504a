import { expect, test } from "vitest";
import { variableFromFile, variableToFile } from "./variable-file.ts";

test.each([
  ["region", "eu"],
  ["limits", '{"rows":3}'],
  ["list", "[1,2]"],
  ["number", "1.0"],
  ["quoted", '"text"'],
  ["empty", ""],
  ["looks_detailed", '{"value":1,"description":"d"}'],
  ["broken", "{not json"],
])("%s comes back from a file as it was", (key, value) => {
  const input = { key, value, secret: false, description: "" };
  expect({ description: "", ...variableFromFile(key, variableToFile(input, key)) }).toEqual(input);
});

test("what a variable says beside its value comes back, too", () => {
  const input = { key: "region", value: "eu", secret: true, description: "where" };
  expect(variableToFile(input, "region")).toEqual({ value: "eu", description: "where", secret: true });
  expect(variableFromFile("region", variableToFile(input, "region"))).toEqual(input);
});

test("a plain value is as Airflow writes it, and a name that says so makes it secret", () => {
  expect(variableToFile({ key: "api_key", value: "x", secret: true }, "api_key")).toBe("x");
  expect(variableFromFile("api_key", "x")).toEqual({ key: "api_key", value: "x", secret: true });
});

test("a description that is no text is refused, without the value", () => {
  expect(() => variableFromFile("a", { value: "hidden", description: 1 })).toThrow(/^the variable a: description/);
});
