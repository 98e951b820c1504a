// The checks must be able to fail: each is shown one broken tree, and one that it has nothing to read in.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StepResult } from "./step.ts";
import { STEPS } from "./steps.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const PACKAGES = [
  "packages/core",
  "packages/store",
  "packages/engine",
  "providers/alpha",
  "providers/beta",
  "pipelines/gamma",
];
const CONFIGURATION = [
  ".dependency-cruiser.cjs",
  ".prettierrc",
  ".prettierignore",
  ".gitignore",
  "eslint.config.js",
  "knip.json",
  "package.json",
  "tsconfig.json",
  "tsconfig.base.json",
  "vitest.config.ts",
  "scripts/lint/house-rules.mjs",
];
const FINE = "/** Doubles. */\nexport function twice(value: number): number {\n  return value * 2;\n}\n";

let tree: string;

beforeEach(() => {
  tree = mkdtempSync(path.join(tmpdir(), "millrace-bites-"));
  for (const file of CONFIGURATION) cpSync(path.join(ROOT, file), path.join(tree, file));
  linkModules();
  for (const folder of PACKAGES) {
    const name = `@millrace/${path.basename(folder)}`;
    write(
      `${folder}/package.json`,
      JSON.stringify({ name, version: "0.1.0", type: "module", exports: "./src/index.ts" }),
    );
    write(`${folder}/src/index.ts`, FINE);
  }
});

afterEach(() => rmSync(tree, { recursive: true, force: true }));

describe("import directions", () => {
  const walls = [
    ["packages/core/src/a.ts", "@millrace/engine", "core-imports-only-itself"],
    ["packages/engine/src/a.ts", "@millrace/store", "engine-imports-only-core"],
    ["packages/store/src/a.ts", "@millrace/engine", "store-imports-only-core"],
    ["providers/alpha/src/a.ts", "@millrace/store", "a-provider-imports-only-core"],
    ["providers/alpha/src/b.ts", "@millrace/beta", "a-provider-imports-only-core"],
    ["pipelines/gamma/steps/a.ts", "@millrace/core", "a-pipeline-imports-only-what-users-have"],
    ["packages/core/src/b.ts", "node:fs", "core-has-no-node"],
    ["packages/engine/src/b.ts", "../../core/src/index.ts", "packages-meet-by-name"],
    ["packages/engine/src/c.ts", "./nowhere.ts", "imports-resolve"],
    ["packages/engine/src/d.ts", "pg", "sql-client-only-in-store"],
    ["packages/engine/src/e.ts", "vitest", "production-code-needs-no-development-dependency"],
    ["packages/engine/src/f.ts", "./g.test.ts", "production-code-imports-no-test-code"],
    ["packages/core/src/c.ts", "./d.ts", "no-cycles"],
  ] as const;

  test("a tree that keeps the walls is green", async () => {
    write("packages/engine/src/index.ts", 'export { twice } from "@millrace/core";\n');
    expect(await look("imports")).toMatchObject({ isGreen: true, report: "" });
  });

  test("each import through a wall is red by the rule of that wall", async () => {
    for (const [file, imported] of walls) {
      write(file, `import * as other from "${imported}";\nexport const name = other;\n`);
    }
    write("packages/core/src/d.ts", 'export { name } from "./c.ts";\n');
    const { isGreen, report } = await look("imports");
    expect(isGreen).toBe(false);
    for (const [file, , rule] of walls) expect(report).toContain(`${rule}: ${file}`);
  });
});

describe("lint", () => {
  const wrong = [
    ["packages/engine/src/now.ts", "export const at = (): number => Date.now();\n", "no-restricted-syntax"],
    ["packages/store/src/now.ts", "export const at = new Date();\n", "no-restricted-syntax"],
    ["packages/engine/src/home.ts", "export const home = process.env.HOME;\n", "no-restricted-syntax"],
    ["packages/core/src/all.ts", 'export * from "./index.ts";\n', "no-restricted-syntax"],
    ["packages/core/src/default.ts", "export default 1;\n", "no-restricted-syntax"],
    ["packages/core/src/utils.ts", FINE, "house/file-name"],
    ["packages/core/src/twoWords.ts", FINE, "house/file-name"],
    ["packages/engine/src/sql.ts", 'export const sql = "select id from dag_run";\n', "house/sql-only-in-store"],
    ["packages/engine/src/floats.ts", "const a = async (): Promise<void> => {};\na();\n", "no-floating-promises"],
    [
      "packages/core/src/five.ts",
      "export const five = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];\n",
      "max-params",
    ],
    ["packages/core/src/long-file.ts", `export const lines = [\n${"  1,\n".repeat(400)}];\n`, "max-lines"],
    [
      "packages/core/src/long.ts",
      `export function f(): void {\n${"  void 0;\n".repeat(61)}}\n`,
      "max-lines-per-function",
    ],
  ] as const;

  test("a tidy tree is green", async () => {
    expect(await look("lint")).toMatchObject({ isGreen: true, report: "" });
  });

  test("each untidy file is red by its rule", async () => {
    for (const [file, text] of wrong) write(file, text);
    const { isGreen, report } = await look("lint");
    expect(isGreen).toBe(false);
    for (const [file, , rule] of wrong) expect(problemsOf(file, report)).toContain(rule);
  });

  // ESLint prints a file's problems below its name, up to an empty line.
  function problemsOf(file: string, report: string): string {
    return report.split("\n\n").find((part) => part.includes(`${path.join(tree, file)}\n`)) ?? `no problem in ${file}`;
  }
});

describe("other steps", () => {
  test("a type error is red", async () => {
    write("packages/core/src/index.ts", 'export const wrong: number = "text";\n');
    expect(await look("types")).toMatchObject({ isGreen: false, report: expect.stringContaining("TS2322") as string });
  });

  test("a file that nothing imports is dead code", async () => {
    write("packages/core/src/lonely.ts", FINE);
    expect(await look("dead-code")).toMatchObject({
      isGreen: false,
      report: expect.stringContaining("packages/core/src/lonely.ts") as string,
    });
  });

  test("a badly formatted file is red", async () => {
    write("packages/core/src/index.ts", "export   const a=1\n");
    expect(await look("format")).toMatchObject({
      isGreen: false,
      report: expect.stringContaining("packages/core/src/index.ts") as string,
    });
  });

  test("a failing unit test is red", async () => {
    const failing = 'import { expect, test } from "vitest";\ntest("fails", () => expect(1).toBe(2));\n';
    write("packages/core/src/fails.test.ts", failing);
    expect(await look("unit-tests")).toMatchObject({ isGreen: false });
  });
});

test.each(["imports", "types", "dead-code", "lint", "unit-tests"])("%s is red when it reads nothing", async (name) => {
  for (const folder of ["packages", "providers", "pipelines", "scripts"])
    rmSync(path.join(tree, folder), { recursive: true });
  for (const file of ["vitest.config.ts", "eslint.config.js"]) rmSync(path.join(tree, file));
  write(
    "vitest.config.ts",
    'export default { test: { projects: [{ test: { name: "unit", include: ["none"] } }] } };\n',
  );
  write("eslint.config.js", 'export default [{ ignores: ["**/*"] }];\n');
  if (name === "types") rmSync(path.join(tree, "vitest.config.ts"));
  expect(await look(name)).toMatchObject({ isGreen: false, readCount: 0 });
});

async function look(name: string): Promise<StepResult> {
  const step = STEPS.find((candidate) => candidate.name === name);
  if (step === undefined) throw new Error(`no step ${name}`);
  return await step.run(tree);
}

function write(file: string, text: string): void {
  mkdirSync(path.join(tree, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(tree, file), text);
}

// The real packages by link, our own by link to the copies in the tree.
function linkModules(): void {
  const modules = path.join(ROOT, "node_modules");
  mkdirSync(path.join(tree, "node_modules/@millrace"), { recursive: true });
  for (const entry of readdirSync(modules)) {
    if (["@millrace", "millrace", ".vite", ".cache"].includes(entry)) continue;
    symlinkSync(path.join(modules, entry), path.join(tree, "node_modules", entry));
  }
  for (const folder of PACKAGES) {
    symlinkSync(path.join(tree, folder), path.join(tree, "node_modules/@millrace", path.basename(folder)));
  }
}
