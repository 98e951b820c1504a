// The files of how-to pages are written as their readers would, type-checked, and their tests are run.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pageBlocks } from "../harness/page-blocks.ts";
import { compileTypes } from "../harness/type-errors.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Each has files of its own, which import one another. */
const PAGES = ["test-pipelines", "add-a-page"];
const files = PAGES.flatMap((page) =>
  pageBlocks(readFileSync(join(ROOT, `docs/how-to/${page}.md`), "utf8"))
    .filter(({ attributes }) => attributes.file !== undefined)
    .map(({ attributes, lines }) => ({ path: join(page, attributes.file), lines })),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-how-to-"));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: join(ROOT, "tsconfig.base.json"), include: ["**/*.ts"] }),
  );
  for (const page of PAGES) await mkdir(join(folder, page));
  for (const { path, lines } of files) await writeFile(join(folder, path), lines.join("\n"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the tests of the pages pass", async () => {
  const report = join(folder, "report.json");
  const output = await run(
    "vitest/vitest.mjs",
    "run",
    "--root",
    folder,
    "--reporter=json",
    `--outputFile.json=${report}`,
  );
  expect(existsSync(report), output).toBe(true);
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    readonly numPassedTests: number;
    readonly numFailedTests: number;
    readonly testResults: readonly { readonly assertionResults: readonly { readonly failureMessages: string[] }[] }[];
  };
  const failures = testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap((one) => one.failureMessages),
  );
  expect(failures).toEqual([]);
  expect({ numFailedTests, files: testResults.length }).toEqual({ numFailedTests: 0, files: 3 });
  expect(numPassedTests).toBeGreaterThan(10);
}, 60_000);

test("their files have the types that they claim", async () => {
  expect(await compileTypes(folder)).toBe("");
}, 120_000);

/** @returns what it printed, however it ended */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  try {
    const ended = await promisify(execFile)(process.execPath, [join(ROOT, "node_modules", program), ...args], {
      cwd: folder,
    });
    return ended.stdout;
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}
