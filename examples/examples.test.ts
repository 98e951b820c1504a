import { readdirSync } from "node:fs";
import { buildDag, findDags } from "@millrace/core";
import { expect, test } from "vitest";

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".dag.ts"));

test.each(files)("%s builds, twice alike", async (file) => {
  const dags = findDags((await import(/* @vite-ignore */ new URL(file, import.meta.url).href)) as object);
  expect(dags.length).toBeGreaterThan(0);
  for (const found of dags) expect(buildDag(found).graph.tasks.length).toBeGreaterThan(0);
});
