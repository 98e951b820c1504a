import { expect, test } from "vitest";
import { objectAddress } from "./object-address.ts";

test("a key that names its bucket needs none, and one that does not takes the one given", () => {
  expect(objectAddress("s3://lake/a/b.csv", "other")).toEqual({ bucket: "lake", key: "a/b.csv" });
  expect(objectAddress("s3a://lake", undefined)).toEqual({ bucket: "lake", key: "" });
  expect(objectAddress("a/b.csv", "other")).toEqual({ bucket: "other", key: "a/b.csv" });
  expect(() => objectAddress("a/b.csv", undefined)).toThrow(/names no bucket/);
});
