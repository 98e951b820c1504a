import { Permanent, RetryAfter } from "@millrace/core";
import { expect, test } from "vitest";
import { errorOfAnswer, errorOfSilence } from "./consul-error.ts";

test("what another try cannot change is permanent", () => {
  expect(errorOfAnswer("PUT x", 403, null)).toBeInstanceOf(Permanent);
  expect(errorOfAnswer("PUT x", 413, null)).toBeInstanceOf(Permanent);
});

test("what may pass is tried again, when the server says so", () => {
  expect(errorOfAnswer("GET x", 429, "7")).toBeInstanceOf(RetryAfter);
  expect(errorOfAnswer("GET x", 500, null)).toMatchObject({ code: "UNREACHABLE" });
  const silent = errorOfSilence("GET x", new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") }));
  expect(silent).toMatchObject({ code: "UNREACHABLE", message: expect.stringContaining("ECONNREFUSED") as string });
});
