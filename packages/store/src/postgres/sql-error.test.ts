import { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import { classifySqlError } from "./sql-error.ts";

const withCode = (code: string): Error => Object.assign(new Error("x"), { code });

test.each([
  ["40P01", "retry"],
  ["40001", "retry"],
  ["55P03", "retry"],
  ["40003", "unknown-outcome"],
  ["57P01", "server"],
  ["57P03", "server"],
  ["57014", "server"],
  ["53100", "server"],
  ["53300", "server"],
  ["25006", "server"],
  ["08006", "server"],
  ["58030", "server"],
  ["22021", "data"],
  ["23505", "data"],
  ["54000", "data"],
  ["42P01", "bug"],
  ["25P02", "bug"],
  ["08P01", "bug"],
  ["ECONNREFUSED", "server"],
  ["ENOENT", "server"],
])("an error with the code %s is: %s", (code, kind) => {
  expect(classifySqlError(withCode(code))).toBe(kind);
});

test.each([
  "Connection terminated unexpectedly",
  "Connection terminated due to connection timeout",
  "Client has encountered a connection error and is not queryable",
  "timeout exceeded when trying to connect",
  "Query read timeout",
])("what pg says without a code is the server's trouble: %s", (message) => {
  expect(classifySqlError(new Error(message))).toBe("server");
});

test("an error keeps its kind when it is wrapped", () => {
  expect(classifySqlError(new Error("while reading", { cause: withCode("40P01") }))).toBe("retry");
});

test("our own errors are classified by their code", () => {
  expect(classifySqlError(new MillraceError("STORE_UNAVAILABLE", "x"))).toBe("server");
  expect(classifySqlError(new MillraceError("STORE_UNAVAILABLE", "x", { details: { unknownOutcome: true } }))).toBe(
    "unknown-outcome",
  );
  expect(classifySqlError(new MillraceError("DATA_REJECTED", "x"))).toBe("data");
  expect(classifySqlError(new MillraceError("BAD_DAG", "x"))).toBe("bug");
});

test("what is no SQL error is a bug", () => {
  expect(classifySqlError(new TypeError("undefined is not a function"))).toBe("bug");
  expect(classifySqlError("text")).toBe("bug");
});
