import { expect, test } from "vitest";
import { type Command, runCommand } from "./run-command.ts";

const node = (code: string, over: Partial<Command> = {}): Command => ({
  program: process.execPath,
  args: ["-e", code],
  timeoutMs: 8_000,
  signal: new AbortController().signal,
  onErrorLine: () => undefined,
  ...over,
});

test("a program's output and exit code come back, its stderr line by line", async () => {
  const lines: string[] = [];
  const code = "console.log('out'); console.error('a'); console.error('b'); process.exitCode = 3";
  const end = await runCommand(node(code, { onErrorLine: (line) => lines.push(line) }));
  expect(end).toEqual({ kind: "exited", code: 3, stdout: "out\n", stderr: "a\nb\n" });
  expect(lines).toEqual(["a", "b"]);
});

test("a program that needs too long is stopped and said to have timed out", async () => {
  const end = await runCommand(node("setInterval(() => {}, 1000)", { timeoutMs: 50 }));
  expect(end).toMatchObject({ kind: "timedOut" });
});

test("a program that is not there did not start; one that was killed says by what", async () => {
  expect(await runCommand(node("", { program: "no-such-program" }))).toMatchObject({ kind: "notStarted" });
  const end = await runCommand(node("process.kill(process.pid, 'SIGKILL')"));
  expect(end).toMatchObject({ kind: "killed", killedBy: "SIGKILL" });
});

test("an abort ends the program and throws its reason", async () => {
  const abort = new AbortController();
  const code = "console.error('up'); setInterval(() => {}, 1000)";
  const running = runCommand(
    node(code, { signal: abort.signal, onErrorLine: () => abort.abort(new Error("stopped")) }),
  );
  await expect(running).rejects.toThrow("stopped");
});

test("of a very long output the end is kept", async () => {
  const end = await runCommand(node("for (let i = 0; i < 9000; i++) console.log('x'.repeat(99)); console.log('last')"));
  expect(end).toMatchObject({ kind: "exited", code: 0 });
  if (end.kind !== "exited") return;
  expect(end.stdout.length).toBeLessThanOrEqual(256 * 1024);
  expect(end.stdout.endsWith("x\nlast\n")).toBe(true);
});
