import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@millrace/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bash, type BashOptions } from "./bash.ts";
import { aContext } from "./testing/a-context.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-bash-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = async (options: BashOptions, ctx = aContext()): Promise<unknown> => await bash.spec.run(options, ctx);
const lives = (pid: number): boolean => {
  try {
    // A zombie, whose parent has not looked yet, lives no more.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};
const pidIn = async (file: string): Promise<number> => {
  await expect.poll(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n")).toBe(true);
  return Number(readFileSync(file, "utf8"));
};

test("the last line of the output is the result, and each line is in the log with its source", async () => {
  const ctx = aContext();
  expect(await run({ command: "echo one; echo oops >&2; printf 'two\\n\\n'" }, ctx)).toBe("two");
  expect(ctx.logged.map(({ level, source, message }) => [level, source, message])).toEqual(
    expect.arrayContaining([
      ["info", "stdout", "one"],
      ["info", "stdout", "two"],
      ["warn", "stderr", "oops"],
    ]),
  );
});

test("a list is run as it is: no shell reads it", async () => {
  expect(await run({ command: ["printf", "%s", "$HOME; echo *"] })).toBe("$HOME; echo *");
});

test.each([
  ["the file that it was told of", `echo talk; echo '{"a":1}' > "$MILLRACE_RESULT_FILE"`, { a: 1 }],
  ["all of its output", `printf '{\\n "a": 1\\n}\\n'`, { a: 1 }],
  ["its last line", `echo talk; echo '[1,2]'`, [1, 2]],
  ["that file also when it says null", `echo 1; echo null > "$MILLRACE_RESULT_FILE"`, null],
  ["nothing, when it printed nothing", `true`, undefined],
])("JSON comes from %s", async (_from, command, result) => {
  expect(await run({ command, result: "json" })).toEqual(result);
});

test("output that is no JSON fails, without being quoted", async () => {
  await expect(run({ command: "echo hunter2", result: "json" })).rejects.toMatchObject({
    code: "NOT_STORABLE",
    message: expect.not.stringContaining("hunter2") as string,
  });
});

test("an exit code fails the try with the last lines of stderr, skips it, or fails it for good", async () => {
  await expect(run({ command: "echo no such table >&2; exit 3" })).rejects.toMatchObject({
    code: "TASK_FAILED",
    message: "bash ended with exit code 3; it last wrote to stderr:\nno such table",
  });
  await expect(run({ command: "exit 99" })).rejects.toMatchObject({ name: "Skip" });
  await expect(run({ command: "exit 99", skipExitCodes: [] })).rejects.toMatchObject({ code: "TASK_FAILED" });
  await expect(run({ command: "exit 4", skipExitCodes: [4] })).rejects.toMatchObject({ name: "Skip" });
  await expect(run({ command: "exit 4", permanentExitCodes: [4] })).rejects.toMatchObject({ name: "Permanent" });
  await expect(run({ command: "kill -SEGV $$" })).rejects.toThrow("was ended by SIGSEGV");
});

test("the environment is the worker's with what is added, or only what is said", async () => {
  process.env["MILLRACE_TEST_WORKER"] = "from the worker";
  const command = 'echo "$MILLRACE_TEST_WORKER|$OWN|$MILLRACE_DAG_ID|$MILLRACE_LOGICAL_DATE|$AIRFLOW_CTX_TASK_ID"';
  const env = { OWN: new Secret("hunter2") };
  try {
    expect(await run({ command, env })).toBe("from the worker|hunter2|orders|2025-10-01T00:00:00+00:00|t");
    expect(await run({ command, env, inheritEnv: false })).toBe("|hunter2|orders|2025-10-01T00:00:00+00:00|t");
  } finally {
    delete process.env["MILLRACE_TEST_WORKER"];
  }
});

test("it runs in its folder and reads its stdin", async () => {
  expect(await run({ command: "pwd; cat > got", cwd: folder, stdin: "hello" })).toBe(folder);
  expect(readFileSync(join(folder, "got"), "utf8")).toBe("hello");
});

test("what cannot be started says so", async () => {
  await expect(run({ command: ["no-such-program"] })).rejects.toMatchObject({
    code: "BAD_ARGUMENT",
    message: "no-such-program cannot be started: there is no such program in PATH",
  });
  await expect(run({ command: "true", cwd: "/no/such/folder" })).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
});

test("a timeout ends the process and what it has started, also what ignores SIGTERM", async () => {
  const command = `(trap '' TERM; echo $BASHPID > ${folder}/stubborn; while :; do sleep 0.05; done) & sleep 1000`;
  await expect(run({ command, timeout: "300ms", grace: "200ms" })).rejects.toMatchObject({
    code: "TIMEOUT",
    message: "bash ran longer than its timeout of 300ms",
  });
  const pid = await pidIn(join(folder, "stubborn"));
  await expect.poll(() => lives(pid)).toBe(false);
});

test("when the try has to end, the process gets SIGTERM and may tidy up", async () => {
  const stop = new AbortController();
  const command = `trap 'echo tidied; sleep 0.1; echo yes > ${folder}/tidied; exit 0' TERM; echo $$ > ${folder}/up; while :; do sleep 0.02; done`;
  const ctx = aContext({ signal: stop.signal });
  const ended = run({ command }, ctx);
  await pidIn(join(folder, "up"));
  stop.abort(new Error("stopped: enough"));
  await expect(ended).rejects.toThrow("stopped: enough");
  expect(readFileSync(join(folder, "tidied"), "utf8")).toBe("yes\n");
  expect(ctx.logged.map((line) => line.message)).toContain("tidied");
});

test("what a command leaves behind in the background is ended with it", async () => {
  expect(await run({ command: `sleep 1000 & echo $! > ${folder}/left; echo done` })).toBe("done");
  const pid = await pidIn(join(folder, "left"));
  await expect.poll(() => lives(pid)).toBe(false);
});

test("a try that has to end already starts nothing", async () => {
  const signal = AbortSignal.abort(new Error("too late"));
  await expect(run({ command: `touch ${folder}/started` }, aContext({ signal }))).rejects.toThrow("too late");
  expect(existsSync(join(folder, "started"))).toBe(false);
});

test("output without end is not kept in memory, and its last line is the result all the same", async () => {
  const before = process.memoryUsage.rss();
  expect(await run({ command: "head -c 200000000 /dev/zero | tr '\\0' x; echo; echo last" })).toBe("last");
  expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
});
