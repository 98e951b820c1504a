import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDags } from "@millrace/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../config.ts";
import { initProject } from "./init-project.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-init-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (project: string, program: string, ...args: readonly string[]): string => {
  try {
    return execFileSync(program, args, { cwd: project, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
};

test("a new project type-checks, passes its own test, and its DAG loads", async () => {
  const project = join(folder, "My Pipelines");
  const made = await initProject(project);
  expect(made).toMatchObject({ folder: project, name: "my-pipelines", kept: [], needsInstall: false });
  run(project, process.execPath, "node_modules/.bin/tsc");
  expect(run(project, process.execPath, "--test", "--test-reporter=tap", "dags/**/*.test.ts")).toMatch(/^# pass 3$/m);
  const config = loadConfig({ folder: project, env: {} });
  expect(config.core.triggerOnStart).toEqual(["hello"]);
  const { dagFolders, dataFolder } = config.core;
  const { files: found } = await readDags({ folders: dagFolders, dataFolder, environment: process.env });
  expect(found.flatMap(({ errors }) => errors)).toEqual([]);
  expect(found.flatMap(({ dags }) => dags.map((dag) => dag.dagId))).toEqual(["hello"]);
}, 180_000);

test("a name is made of the folder's, without what npm refuses", async () => {
  expect((await initProject(join(folder, "Mein Projekt äö"))).name).toBe("mein-projekt");
});

test("its test fails when its DAG is broken", async () => {
  await initProject(folder);
  const file = join(folder, "dags/hello.dag.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace("retries: 2", "retries: 1"));
  expect(() => run(folder, process.execPath, "--test", "dags/**/*.test.ts")).toThrow(
    /✖ a file that cannot be read twice|not ok \d+ - a file that cannot be read twice/,
  );
});

test("a folder with files is refused, and nothing is written", async () => {
  writeFileSync(join(folder, "mine.txt"), "mine");
  await expect(initProject(folder)).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringMatching(/is not empty \(mine\.txt\).*--force/),
  });
  expect(existsSync(join(folder, "package.json"))).toBe(false);
});

test("a repository that has only been made counts as empty", async () => {
  mkdirSync(join(folder, ".git"));
  expect((await initProject(folder)).written).toContain("dags/hello.dag.ts");
});

test("with force it writes what is missing and never overwrites", async () => {
  writeFileSync(join(folder, "package.json"), "mine");
  const made = await initProject(folder, { force: true, name: "mine" });
  expect(made.kept).toEqual(["package.json"]);
  expect(made.written).toContain("millrace.json");
  expect(readFileSync(join(folder, "package.json"), "utf8")).toBe("mine");
});

test("a name that npm refuses is refused here, and a file is no folder", async () => {
  await expect(initProject(folder, { name: "No Good" })).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  writeFileSync(join(folder, "file"), "");
  await expect(initProject(join(folder, "file"))).rejects.toMatchObject({ code: "CONFLICT" });
});
