// What stands on the right of the pages for people who come from elsewhere compiles, has the types that it claims, and runs.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { testDag, type TestDagOptions } from "millrace/testing";
import "millrace/testing/vitest";
import { describe, expect, test } from "vitest";
import { loadDags } from "../harness/compile-dags.ts";
import { pageBlocks } from "../harness/page-blocks.ts";
import { snippetModule } from "../harness/snippet-module.ts";
import { typeErrors } from "../harness/type-errors.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = ["docs/how-to/from-airflow.md", "docs/how-to/from-dagster.md"];
/** What the pages find in the world. */
const WORLD: TestDagOptions = {
  connections: { shop: "https://reader:s3cret@shop.example", shop_api: "https://shop.example" },
  variables: { limits: { rows: 3 } },
};
/** What single DAGs need beside that. */
const OPTIONS: Readonly<Record<string, TestDagOptions>> = {
  nightly: { results: { fetch: [{ id: 1 }] } },
  chain: { otherDags: { publish: "success", stock: { state: "success", tasks: { count: "success" } } } },
  new_files: { otherDags: { load_file: "success" } },
};

describe.each(PAGES)("%s", (page) => {
  const blocks = pageBlocks(readFileSync(join(ROOT, page), "utf8")).filter(({ language }) => language === "ts");
  const files = blocks.map(({ line, lines, attributes }) => {
    const code = lines.join("\n");
    const name = attributes.file ?? `line-${line}.dag.ts`;
    return { name, line, source: name.endsWith(".dag.ts") ? snippetModule(code) : code };
  });
  const dagFiles = files.filter(({ name }) => name.endsWith(".dag.ts"));

  test("has code to run", () => {
    expect(dagFiles.length).toBeGreaterThan(10);
  });

  test.each(dagFiles)("the DAGs of line $line run", async ({ source, name }) => {
    const { definitions } = loadDags(source, name);
    expect(definitions.length).toBeGreaterThan(0);
    for (const definition of definitions)
      expect(await testDag(definition, { ...WORLD, ...OPTIONS[definition.dagId] })).toSucceed();
  });

  test("the code has the types that it claims", async () => {
    expect(await typeErrors(Object.fromEntries(files.map(({ name, source }) => [name, source])))).toBe("");
  }, 120_000);

  test("its tests pass", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-guide-"));
    try {
      await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
      await writeFile(join(folder, "package.json"), '{ "type": "module" }');
      for (const { name, source } of files) await writeFile(join(folder, name), source);
      const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
      const { stdout } = await promisify(execFile)(process.execPath, [vitest, "run", "--root", folder], {
        cwd: folder,
      });
      expect(stdout).toMatch(/Tests .*[1-9]\d* passed/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
