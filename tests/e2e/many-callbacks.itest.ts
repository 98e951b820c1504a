// Many callbacks at once, with nothing else going on: they do not wait for the scheduler's heartbeats.
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startEngine } from "../harness/engine-harness.ts";

const COUNT = 400;
const DAGS = `
  import { appendFileSync } from "node:fs";
  import { dag } from "@millrace/core";
  const note = ({ mapIndex }) => appendFileSync(process.env.MILLRACE_TASK_FILE, mapIndex + "\\n");
  export const many = dag("many", { maxActiveTasks: ${COUNT} }, ({ map }) => {
    map("each", { each: { n: Array.from({ length: ${COUNT} }, (_, n) => n) }, onSuccess: note }, () => 1);
  });
`;

test("callbacks go on as soon as those before them have ended", async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-callbacks-"));
  const file = join(folder, "said");
  await using engine = await startEngine({ executor: { environment: { ...process.env, MILLRACE_TASK_FILE: file } } });
  await engine.deploy(DAGS);
  const { runId } = await engine.trigger("many");
  expect(await engine.ended(runId)).toBe("success");
  const said = (): number => (existsSync(file) ? new Set(readFileSync(file, "utf8").trim().split("\n")).size : 0);
  await expect.poll(said, { timeout: 8_000 }).toBe(COUNT);
  await rm(folder, { recursive: true });
});
