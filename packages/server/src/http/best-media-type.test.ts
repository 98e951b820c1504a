import { expect, test } from "vitest";
import { bestMediaType } from "./best-media-type.ts";

const OFFERS = ["text/plain", "application/json"] as const;

test.each([
  ["*/*", "text/plain"],
  ["application/json", "application/json"],
  ["Application/JSON; charset=utf-8", "application/json"],
  ["text/*;q=0.5, application/json;q=0.4", "text/plain"],
  ["text/plain;q=0.2, */*;q=0.9", "application/json"],
  ["text/plain;q=0, text/*", undefined],
  ["image/png", undefined],
  ["", undefined],
  ["text/plain;q=caw", undefined],
])("of %j it is %s", (accept, best) => {
  expect(bestMediaType(accept, OFFERS)).toBe(best);
});
