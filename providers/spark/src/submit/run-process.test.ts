import { expect, test } from "vitest";
import { runProcess, type ProcessRequest } from "./run-process.ts";

const sh = (text: string, more: Partial<ProcessRequest> = {}): ProcessRequest => ({
  file: "sh",
  args: ["-c", text],
  env: { PATH: "/usr/bin:/bin" },
  grace: "5s",
  onLine: () => undefined,
  onEnding: async () => undefined,
  ...more,
});
const never = new AbortController().signal;

test("lines come whole from both streams, and the exit code is told", async () => {
  const lines: string[] = [];
  const onLine = (line: string, source: string): void => void lines.push(`${source}: ${line}`);
  expect(await runProcess(sh("printf 'a\\nb'; echo c >&2; exit 3", { onLine }), { signal: never })).toEqual({
    exitCode: 3,
    signal: null,
  });
  expect(lines.sort()).toEqual(["stderr: c", "stdout: a", "stdout: b"]);
});

test("a timeout ends the process and what it has started, and tells of it once", async () => {
  let told = 0;
  let child = 0;
  const request = sh("sleep 300 & echo $!; wait", {
    timeout: "300ms",
    onLine: (line) => (child = Number(line)),
    onEnding: async () => void (told += 1),
  });
  await expect(runProcess(request, { signal: never })).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(told).toBe(1);
  expect(child).toBeGreaterThan(0);
  await expect.poll(() => isAlive(child)).toBe(false);
});

test("a process that does not mind SIGTERM is killed after the grace, with the signal's own reason", async () => {
  const stop = new AbortController();
  const request = sh("trap '' TERM; echo up; while :; do sleep 0.1; done", {
    grace: "200ms",
    onLine: () => stop.abort(new Error("stopped")),
  });
  await expect(runProcess(request, { signal: stop.signal })).rejects.toThrow("stopped");
});

test("a program that is not there is an error that says what to do", async () => {
  await expect(runProcess(sh("", { file: "/no/such/spark-submit" }), { signal: never })).rejects.toMatchObject({
    code: "BAD_ARGUMENT",
    message: expect.stringContaining("sparkHome") as string,
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
