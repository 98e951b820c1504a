import { RetryAfter } from "@millrace/core";
import { expect, test } from "vitest";
import { outcomeOfError } from "./outcome-of.ts";

test("an error may say when to try again", () => {
  expect(outcomeOfError(new RetryAfter("30s", "busy"))).toMatchObject({ kind: "failed", retry: 30_000_000 });
});

test("a delay that is none ends the try all the same, by its own delay, and is named", () => {
  const outcome = outcomeOfError(new RetryAfter("soon" as "1s", "busy"));
  expect(outcome).toMatchObject({ kind: "failed", retry: "policy" });
  expect(outcome.kind === "failed" && outcome.cause.message).toMatch(
    /^RetryAfter: busy \(.*"soon" is not a length of time/,
  );
});
