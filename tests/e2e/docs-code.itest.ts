// Every piece of TypeScript in the documentation is type-checked and built, so that what people copy works.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileDags } from "../harness/compile-dags.ts";
import { pageBlocks } from "../harness/page-blocks.ts";
import { snippetModule } from "../harness/snippet-module.ts";
import { typeErrors } from "../harness/type-errors.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The tutorial is played by a test of its own, and the reference is written from code. */
const PAGES = ["README.md", ...globSync("docs/*.md", { cwd: ROOT })].filter((page) => !page.endsWith("tutorial.md"));

const snippets = PAGES.flatMap((page) =>
  pageBlocks(readFileSync(join(ROOT, page), "utf8"))
    .filter(({ language }) => language === "ts")
    .map(({ line, lines }) => ({ name: `${page}:${line}`, source: snippetModule(lines.join("\n")) })),
);

test("there are pieces of code to check", () => {
  expect(snippets.length).toBeGreaterThan(20);
});

test.each(snippets)("the DAGs of $name build", ({ source }) => {
  const { dags } = compileDags(source);
  expect(dags.length).toBeGreaterThan(0);
});

test("all of it has the types that it claims", async () => {
  const files = snippets.map(({ name, source }) => [`${name.replaceAll(/[^\w]/g, "_")}.ts`, source]);
  expect(await typeErrors(Object.fromEntries(files) as Record<string, string>)).toBe("");
}, 120_000);
