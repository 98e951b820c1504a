import { expect, test } from "vitest";
import { Deferral, defer, isSkip, Permanent, readSignal, RetryAfter, Skip, SKIP, skip } from "./signals.ts";

const caught = (act: () => never): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

test("each signal is read as what it asks for", () => {
  expect(readSignal(caught(() => skip("weekend")))).toEqual({ kind: "skip", reason: "weekend" });
  expect(readSignal(new Skip())).toEqual({ kind: "skip", reason: "skipped by its code" });
  expect(readSignal(new Permanent("bad row 7"))).toEqual({ kind: "permanent", message: "bad row 7" });
  expect(readSignal(new RetryAfter("30s"))).toEqual({
    kind: "retryAfter",
    after: "30s",
    message: "try again after 30s",
  });
  expect(readSignal(caught(() => defer({ for: "1h", state: { page: 2 } })))).toEqual({
    kind: "defer",
    request: { for: "1h", state: { page: 2 } },
  });
  expect(readSignal(new Deferral({ trigger: "file", payload: "x" }))).toMatchObject({
    request: { trigger: "file", payload: "x" },
  });
});

test("an ordinary error and other thrown values are no signals", () => {
  expect([new Error("skip"), { name: "Skip" }, "skip", null, undefined].map(readSignal)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("signals of another copy of the package are recognised", () => {
  const foreign = Object.assign(new Error("elsewhere"), { [Symbol.for("millrace.signal")]: "permanent" });
  expect(readSignal(foreign)).toEqual({ kind: "permanent", message: "elsewhere" });
  expect(isSkip({ [Symbol.for("millrace.skip")]: true })).toBe(true);
  expect([SKIP, null, "x", {}].map(isSkip)).toEqual([true, false, false, false]);
});

test("a signal of a newer package is an error that says so", () => {
  expect(() => readSignal({ [Symbol.for("millrace.signal")]: "teleport" })).toThrow("unknown signal teleport");
});
