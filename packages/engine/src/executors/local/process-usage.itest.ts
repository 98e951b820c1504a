import { spawn, type ChildProcess } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { processUsage } from "./process-usage.ts";

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A child that says when it is up. @returns its process id. */
async function start(script: string): Promise<number> {
  const child = spawn(process.execPath, ["-e", `process.stdout.write("up"); setTimeout(() => { ${script} }, 50)`]);
  children.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child.pid as number;
}

test.runIf(process.platform === "linux")("a process that spins wants the processor and uses it", async () => {
  const pid = await start("for (;;);");
  await expect.poll(() => processUsage(pid)?.cpuMs, { timeout: 10_000 }).toBeGreaterThan(300);
  expect(processUsage(pid)?.wantsProcessor).toBe(true);
});

test.runIf(process.platform === "linux")(
  "a process that is blocked in a wait does not, however busy the machine is",
  async () => {
    const pid = await start("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)");
    await expect.poll(() => processUsage(pid)?.wantsProcessor, { timeout: 10_000 }).toBe(false);
  },
);

test("of a process that is no more nothing is known", () => {
  expect(processUsage(2 ** 30)).toBeUndefined();
});
