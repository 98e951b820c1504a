import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ESLint } from "eslint";
import { countTests, parseTestReport } from "../test-report.ts";
import { runTool } from "./run-tool.ts";
import { judge, type Step, type StepResult } from "./step.ts";

const CODE_FOLDERS = ["packages", "providers", "pipelines", "bench", "tests", "scripts", "examples"];

/** The steps of `npm run check`, the quick ones first. */
export const STEPS: readonly Step[] = [
  { name: "format", run: checkFormat },
  { name: "imports", run: checkImports },
  { name: "dead-code", run: checkDeadCode },
  { name: "types", run: checkTypes },
  { name: "lint", run: checkLint },
  { name: "unit-tests", run: checkUnitTests },
];

async function checkFormat(root: string): Promise<StepResult> {
  const { exitCode, stdout, stderr } = await runTool(root, "prettier/bin/prettier.cjs", [
    "--check",
    ".",
    "--log-level",
    "debug",
  ]);
  // With this log level Prettier names each file that it reads, whether or not it is well formed.
  const lines = stderr.split("\n");
  const readCount = lines.filter((line) => line.startsWith("[debug] resolve config from")).length;
  const wrong = lines.filter((line) => line.startsWith("[warn]") || line.startsWith("[error]"));
  return judge(exitCode === 0, readCount, "files", [...wrong, stdout, "`npm run format` mends it."].join("\n"));
}

async function checkLint(root: string): Promise<StepResult> {
  const eslint = new ESLint({ cwd: root, errorOnUnmatchedPattern: false });
  const results = await eslint.lintFiles(["."]);
  const problems = results.reduce((sum, result) => sum + result.errorCount + result.warningCount, 0);
  const formatter = await eslint.loadFormatter("stylish");
  return judge(problems === 0, results.length, "files", await formatter.format(results));
}

async function checkTypes(root: string): Promise<StepResult> {
  const projects = [".", "packages/ui"].filter((folder) => existsSync(path.join(root, folder, "tsconfig.json")));
  const results = [];
  for (const project of projects)
    results.push(await runTool(root, "typescript/bin/tsc", ["--noEmit", "-p", project, "--listFiles"]));
  const exitCode = Math.max(...results.map((result) => result.exitCode));
  const lines = results.flatMap(({ stdout }) => stdout.split("\n"));
  const own = (line: string): boolean => path.isAbsolute(line) && !line.includes("/node_modules/");
  return judge(
    exitCode === 0,
    new Set(lines.filter(own)).size,
    "files",
    lines.filter((line) => !path.isAbsolute(line)).join("\n"),
  );
}

async function checkImports(root: string): Promise<StepResult> {
  const folders = CODE_FOLDERS.filter((folder) => existsSync(path.join(root, folder)));
  const args = ["--config", ".dependency-cruiser.cjs", "--output-type", "json", ...folders];
  const { exitCode, stdout, stderr } = await runTool(root, "dependency-cruiser/bin/dependency-cruiser.mjs", args);
  if (!stdout.startsWith("{")) return judge(false, 0, "modules", stdout + stderr);
  const { modules, summary } = JSON.parse(stdout) as Cruise;
  const report = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  // Modules of our own: a broken resolver still lists what it cannot follow.
  const readCount = modules.filter(
    (module) => /\.tsx?$/.test(module.source) && !module.source.includes("node_modules/"),
  ).length;
  return judge(exitCode === 0 && report.length === 0, readCount, "modules", report.join("\n"));
}

async function checkDeadCode(root: string): Promise<StepResult> {
  const { exitCode, stdout, stderr } = await runTool(root, "knip/bin/knip.js", ["--no-progress", "--no-config-hints"]);
  return judge(exitCode === 0, countKnipFiles(root), "files", stdout + stderr);
}

// knip does not say how many files it read, so the files that its configuration names are counted here.
function countKnipFiles(root: string): number {
  const { workspaces } = JSON.parse(readFileSync(path.join(root, "knip.json"), "utf8")) as KnipConfig;
  const patterns = Object.entries(workspaces).flatMap(([folder, { project }]) =>
    project.map((glob) => path.join(folder, glob)),
  );
  return globSync(patterns, { cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] }).length;
}

async function checkUnitTests(root: string): Promise<StepResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "millrace-check-"));
  try {
    const file = path.join(folder, "report.json");
    const args = ["run", "--project", "unit", "--reporter=dot", "--reporter=json", `--outputFile.json=${file}`];
    const { exitCode, stdout, stderr } = await runTool(root, "vitest/vitest.mjs", args);
    const passed = existsSync(file) ? countTests(parseTestReport(readFileSync(file, "utf8"))).passed : 0;
    return judge(exitCode === 0, passed, "tests", stdout + stderr);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
}

interface KnipConfig {
  readonly workspaces: Readonly<Record<string, { readonly project: readonly string[] }>>;
}
