import { expect, test } from "vitest";
import { metricsAccess } from "./metrics-access.ts";

test("metrics are open on this machine alone, and need a permission elsewhere, unless somebody says otherwise", () => {
  const access = (host: string): string => metricsAccess({ metrics: "auto", host });
  expect(["127.0.0.1", "localhost", "::1"].map(access)).toEqual(["public", "public", "public"]);
  expect(["0.0.0.0", "::", "10.0.0.7", "millrace.example.org"].map(access)).toEqual(Array(4).fill("token"));
  expect(metricsAccess({ metrics: "off", host: "127.0.0.1" })).toBe("off");
  expect(metricsAccess({ metrics: "public", host: "0.0.0.0" })).toBe("public");
});
