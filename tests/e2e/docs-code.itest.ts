// Every piece of TypeScript in the documentation is type-checked and built, so that what people copy works.
import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as millrace from "millrace";
import { expect, test } from "vitest";
import { compileDags } from "../harness/compile-dags.ts";
import { pageBlocks } from "../harness/page-blocks.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The tutorial is played by a test of its own, and the reference is written from code. */
const PAGES = ["README.md", ...globSync("docs/*.md", { cwd: ROOT })].filter((page) => !page.endsWith("tutorial.md"));
const VERBS = "task, map, mapGroup, group, branch, shortCircuit, latestOnly, sensor, setup, teardown, empty, params";

const snippets = PAGES.flatMap((page) =>
  pageBlocks(readFileSync(join(ROOT, page), "utf8"))
    .filter(({ language }) => language === "ts")
    .map(({ line, lines }) => ({ name: `${page}:${line}`, source: moduleOf(lines.join("\n")) })),
);

/** A block with an import stands alone; any other is the inside of a DAG. */
function moduleOf(code: string): string {
  if (/^import /m.test(code)) return code;
  const names = Object.keys(millrace).filter((name) => new RegExp(`\\b${name}\\b`).test(code) && name !== "dag");
  return [
    `import { ${["dag", ...names].join(", ")} } from "millrace";`,
    `export const snippet = dag("snippet", ({ ${VERBS} }) => {`,
    code,
    "});",
  ].join("\n");
}

test("there are pieces of code to check", () => {
  expect(snippets.length).toBeGreaterThan(20);
});

test.each(snippets)("the DAGs of $name build", ({ source }) => {
  const { dags } = compileDags(source);
  expect(dags.length).toBeGreaterThan(0);
});

test("all of it has the types that it claims", async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-docs-"));
  try {
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    await mkdir(join(folder, "src"));
    const options = { noUnusedLocals: false, noUnusedParameters: false };
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(ROOT, "tsconfig.base.json"), compilerOptions: options, include: ["src"] }),
    );
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    for (const { name, source } of snippets)
      await writeFile(join(folder, "src", `${name.replaceAll(/[^\w]/g, "_")}.ts`), source);
    expect(await typeErrors(folder)).toBe("");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

async function typeErrors(folder: string): Promise<string> {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  try {
    await promisify(execFile)(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { cwd: folder });
    return "";
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}
