import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { python, type PythonOptions } from "./python.ts";
import { aContext } from "./testing/a-context.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-python-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = async (options: PythonOptions, ctx = aContext()): Promise<unknown> => await python.spec.run(options, ctx);

test("a script gets its arguments and its environment, and its last line is the result", async () => {
  writeFileSync(
    join(folder, "load.py"),
    "import os, sys\nprint('loading')\nprint(sys.argv[1:], os.environ['TABLE'], os.environ['MILLRACE_DAG_ID'])\n",
  );
  const ctx = aContext();
  expect(
    await run({ script: "load.py", cwd: folder, args: ["--day", "2025-10-01"], env: { TABLE: "orders" } }, ctx),
  ).toBe("['--day', '2025-10-01'] orders orders");
  expect(ctx.logged[0]).toEqual({ level: "info", source: "stdout", message: "loading" });
});

test("source may be indented as the file around it; JSON goes in by stdin and comes out by the result file", async () => {
  const source = `
    import json, os, sys
    rows = json.load(sys.stdin)["rows"]

    def double(n):
        return n * 2
    print("talking")
    with open(os.environ["MILLRACE_RESULT_FILE"], "w") as file:
        json.dump({"doubled": [double(n) for n in rows]}, file)
  `;
  expect(await run({ source, input: { rows: [1, 2] }, result: "json" })).toEqual({ doubled: [2, 4] });
});

test("an exception fails the try with its traceback, and sys.exit may skip it", async () => {
  await expect(run({ source: "raise ValueError('bad row 7')" })).rejects.toMatchObject({
    code: "TASK_FAILED",
    message: expect.stringMatching(/exit code 1.*ValueError: bad row 7/s) as string,
  });
  await expect(run({ source: "import sys; sys.exit(99)" })).rejects.toMatchObject({ name: "Skip" });
});

test("either a script or source", async () => {
  await expect(run({})).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  await expect(run({ script: "a.py", source: "print(1)" })).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
});

test("an interpreter that is not there is named", async () => {
  await expect(run({ source: "print(1)", interpreter: "python-of-nowhere" })).rejects.toThrow(
    "python-of-nowhere cannot be started",
  );
});
