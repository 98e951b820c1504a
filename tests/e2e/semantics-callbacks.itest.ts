// Callbacks and notifiers through the real engine: each event, each once, none of them changing a state.
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { deployFiles, finishRun, type FinishedRun } from "../harness/finish-run.ts";

interface Said {
  readonly who: string;
  readonly event: string;
  readonly state: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
  readonly tryNumber?: number;
  readonly reason?: string;
  readonly run: string;
}

let engine: EngineHarness;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-callbacks-"));
  engine = await startEngine({
    executor: { environment: { ...process.env, MILLRACE_TASK_FILE: join(folder, "late") } },
  });
  await deployFiles(engine, "callbacks.dag.ts");
});
afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true });
});

const read = (file: string): readonly Said[] =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((text) => JSON.parse(text) as Said)
    : [];
/** Waits for so many lines: callbacks run after the commit that asks for them. */
const lines = (file: string, count: number): Promise<readonly Said[]> =>
  vi.waitFor(
    () => {
      const said = read(file);
      if (said.length < count) throw new Error(`${count} lines are missing some: ${JSON.stringify(said, null, 1)}`);
      return said;
    },
    { timeout: 10_000, interval: 20 },
  );
const short = ({ who, event, state, taskId, mapIndex, tryNumber }: Said): string =>
  [who, event, state, taskId, ...(mapIndex === undefined || mapIndex < 0 ? [] : [`[${mapIndex}]`]), tryNumber]
    .filter((part) => part !== undefined)
    .join(" ");

async function play(
  dagId: string,
  values: object,
  count: number,
): Promise<FinishedRun & { readonly said: readonly Said[] }> {
  const file = join(await mkdtemp(join(folder, "run-")), "said");
  const run = await finishRun(engine, dagId, { conf: JSON.stringify({ ...values, file }) });
  return { ...run, said: await lines(file, count) };
}

describe("callbacks of tasks and of the run", () => {
  test("are called for each event, in the order in which they were given", async () => {
    const { said, runKey } = await play("calls", {}, 14);
    expect(said.map(short).sort()).toEqual(
      [
        "told execute running good 1",
        "body",
        "say dev success success good 1",
        "told success success good 1",
        "told retry up_for_retry retried 1",
        "told success success retried 2",
        "told failure failed bad 1",
        "told skip skipped skips 1",
        "told success success each [0] 1",
        "told success success each [1] 1",
        "told execute running deferred 1",
        "told success success deferred 1",
        "told failure failed",
        "say ops failure failed",
      ].sort(),
    );
    const at = (text: string): number => said.findIndex((one) => short(one) === text);
    expect(at("told execute running good 1")).toBeLessThan(at("body"));
    expect(at("say dev success success good 1")).toBeLessThan(at("told success success good 1"));
    expect(new Set(said.map(({ run }) => run ?? runKey))).toEqual(new Set([runKey]));
    const reasons = Object.fromEntries(said.map((one) => [short(one), one.reason]));
    expect(reasons["told failure failed bad 1"]).toContain("for good");
    expect(reasons["told skip skipped skips 1"]).toBe("no need");
    expect(reasons["told failure failed"]).toBe("task_failure");
  });

  test("of a run that succeeded say so", async () => {
    const { said } = await play("calls", { fail: false }, 12);
    const ofRun = said.filter(({ taskId, event }) => taskId === undefined && event !== undefined);
    expect(ofRun.map((one) => [short(one), one.reason])).toEqual([["told success success", "success"]]);
  });
});

test("a callback that throws is tried three times and changes no state", async () => {
  const { said, states, state } = await play("broken_calls", {}, 1);
  expect([states, state]).toEqual([{ good: "success" }, "success"]);
  expect(said.map(short)[0]).toBe("broken success success good 1");
});

test("a run that is late calls the DAG's callback once, and goes on", async () => {
  const [said] = await lines(join(folder, "late"), 1);
  expect(said).toEqual({
    who: "late",
    event: "deadline",
    reason: expect.stringContaining("not done in time") as string,
  });
});
