import { expect, test } from "vitest";
import { openStorage } from "../storage/open-storage.ts";
import { logOf } from "../testing/log-of.ts";
import { findSegment } from "./find-segment.ts";

const partName = (part: number, parts: number): string =>
  `00000000000000000003.checkpoint.${String(part).padStart(10, "0")}.${String(parts).padStart(10, "0")}.parquet`;

test("parts count together with those of the same number of parts alone", async () => {
  // A writer that made 20 parts died at its first one; another one made two.
  const names = [partName(1, 2), partName(1, 20), partName(2, 2)];
  await using log = await logOf({ 4: [] }, Object.fromEntries(names.map((name) => [`_delta_log/${name}`, ""])));
  await using storage = openStorage(log.path, undefined);
  const { version, checkpoint } = await findSegment(storage);
  expect(version).toBe(4);
  expect(checkpoint).toEqual({ version: 3, files: [partName(1, 2), partName(2, 2)] });
});
