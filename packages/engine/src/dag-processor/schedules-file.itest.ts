// A file with schedules beside the DAG files. What its text means is not decided here: these tests read lines `NAME=CRON`.
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FoundDag, FoundFile } from "@millrace/core";
import { readDags } from "./read-dags.ts";
import type { ScheduleEntries } from "./schedules-file.ts";
import { makeDagProject, type DagProject } from "./testing/dag-project.ts";

const FILE = "schedules/dev.txt";

let project: DagProject;
beforeEach(() => {
  project = makeDagProject((folder) => ({
    schedules: {
      file: join(folder, FILE),
      name: FILE,
      parse,
      missing: "there is no schedules file",
      didYouMean: (name) => (name === "dayly" ? "Did you mean daily?" : undefined),
    },
  }));
  project.write(
    "dags/all.dag.ts",
    `import { cron, dag, param } from "@millrace/core";
    export const daily = dag("daily", { schedule: cron("@daily", "Europe/Berlin") }, ({ task }) => void task("a", () => 1));
    export const manual = dag("manual_job", ({ task }) => void task("a", () => 1));
    export const asks = dag("asks", { params: { n: param(undefined, { type: "integer" }) } }, ({ task }) => void task("a", () => 1));`,
  );
});
afterEach(() => project.close());

function parse(text: string): ScheduleEntries {
  const lines = text.split("\n").filter((line) => line !== "");
  const bad = lines.findIndex((line) => !line.includes("="));
  if (bad >= 0) return { ok: false, faults: [{ message: `${lines[bad]} is nothing`, line: bad + 1, column: 1 }] };
  const entries = lines.map((line, index) => {
    const [name, cron] = line.split("=");
    return { name, line: index + 1, column: 1, ...(cron !== "" && { cron: { expression: cron, zone: "UTC" } }) };
  });
  return { ok: true, entries };
}

const DAILY = { kind: "cron", expression: "@daily", zone: "Europe/Berlin" };
const HOURLY = { kind: "cron", expression: "0 * * * *", zone: "UTC" };

function dagOf(found: FoundFile, dagId: string): FoundDag {
  const dag = found.dags.find((each) => each.dagId === dagId);
  if (!dag) throw new Error(`no ${dagId}`);
  return dag;
}

async function scheduleOf(dagId: string): Promise<unknown> {
  return dagOf(await project.saved("dags/all.dag.ts"), dagId).graph.dag.schedule;
}

async function errorsOf(): Promise<readonly string[]> {
  const { errors } = await project.saved(FILE);
  return errors.map(({ line, message }) => `${line ?? "-"}: ${message.split("\n")[0]}`);
}

describe("an entry", () => {
  test("takes the place of the DAG's schedule, and leaves data intervals as they are", async () => {
    project.write(FILE, "daily=0 * * * *\n");
    await project.processor.scanOnce();
    expect(await scheduleOf("daily")).toEqual(HOURLY);
    expect(await scheduleOf("manual_job")).toEqual({ kind: "none" });
  });

  test("without a time takes the schedule away", async () => {
    project.write(FILE, "daily=\n");
    await project.processor.scanOnce();
    expect(await scheduleOf("daily")).toEqual({ kind: "none" });
  });

  test("stands for the DAG that ends with _job, too, and makes ticks where there were no data intervals", async () => {
    project.write(FILE, "manual=0 * * * *\n");
    await project.processor.scanOnce();
    expect(await scheduleOf("manual_job")).toEqual({ ...HOURLY, kind: "cronTrigger" });
  });

  test("for no DAG is an error with its line and the near name, and the others hold", async () => {
    project.write(FILE, "dayly=0 1 * * *\nmanual_job=0 * * * *\n");
    await project.processor.scanOnce();
    expect(await errorsOf()).toEqual([
      "1: schedules.dayly: there is no DAG dayly and no DAG dayly_job. Did you mean daily?",
    ]);
    expect(await scheduleOf("manual_job")).toMatchObject({ kind: "cronTrigger" });
  });

  test("for a DAG whose params nobody would give is an error", async () => {
    project.write(FILE, "asks=0 * * * *\n");
    await project.processor.scanOnce();
    expect(await errorsOf()).toEqual([expect.stringMatching(/^1: schedules\.asks: .*a DAG with a schedule/)]);
    expect(await scheduleOf("asks")).toEqual({ kind: "none" });
  });
});

describe("a change of the file", () => {
  test("is seen long before the next look at all files, makes versions of the DAGs that it is about, and loads no DAG file again", async () => {
    project.write(FILE, "daily=0 * * * *\n");
    await project.processor.start();
    const before = project.saves.length;
    const changed = project.saved(
      "dags/all.dag.ts",
      (found) => JSON.stringify(dagOf(found, "daily").graph.dag.schedule).includes("30 * * * *"),
      before,
    );
    const from = performance.now();
    project.write(FILE, "daily=30 * * * *\n");
    const found = await changed;
    expect(performance.now() - from).toBeLessThan(10_000);
    const first = await project.saved(
      "dags/all.dag.ts",
      (each) => dagOf(each, "daily").graph.dag.schedule.kind === "cron",
    );
    expect(first.bundle?.hash).toBe(found.bundle?.hash);
    const hashes = (file: FoundFile): readonly string[] => file.dags.map(({ graphHash }) => graphHash);
    const [old, now] = [project.saves[0].files[0], found].map(hashes);
    expect(old.map((hash, index) => hash === now[index])).toEqual([true, false, true]);
  });

  test("for the worse keeps the last good schedules, over a restart too, and is over when it is mended", async () => {
    project.write(FILE, "daily=0 * * * *\n");
    await project.processor.start();
    project.write(FILE, "daily=0 * * * *\nnonsense\n");
    const error = await project.saved(FILE, ({ errors }) => errors.length > 0);
    expect(error.errors[0]).toMatchObject({
      line: 2,
      message: expect.stringContaining("nonsense is nothing; the schedules of before hold") as string,
    });
    expect(error.errors[0].message).toContain("> 2 | nonsense");
    await project.processor.stop();

    const again = project.again();
    await again.processor.start();
    const kept = await again.saved("dags/all.dag.ts");
    expect(dagOf(kept, "daily").graph.dag.schedule).toEqual(HOURLY);
    project.write(FILE, "daily=15 * * * *\n");
    await again.saved(FILE, ({ errors }) => errors.length === 0);
    const mended = await again.saved("dags/all.dag.ts");
    expect(dagOf(mended, "daily").graph.dag.schedule).toEqual({ ...HOURLY, expression: "15 * * * *" });
    await again.processor.stop();
  });

  test("is seen when the file is made after the start", async () => {
    project.write("schedules/other.txt", "");
    await project.processor.start();
    expect(await errorsOf()).toEqual(["-: there is no schedules file; no DAG follows the clock until it can be read"]);
    expect(await scheduleOf("daily")).toEqual({ kind: "none" });
    project.write(FILE, "manual=0 * * * *\n");
    await project.saved(FILE, ({ errors }) => errors.length === 0);
    expect(await scheduleOf("daily")).toEqual(DAILY);
  });
});

test("commands that read files without a processor see the same schedules", async () => {
  project.write(FILE, "daily=0 * * * *\nlost=0 * * * *\n");
  const options = {
    folders: [project.path("dags")],
    dataFolder: project.path(".millrace"),
    environment: process.env,
    schedules: { file: project.path(FILE), name: FILE, parse, missing: "", didYouMean: () => undefined },
  };
  const { files } = await readDags(options);
  expect(dagOf(files[0], "daily").graph.dag.schedule).toEqual(HOURLY);
  expect(files[1].errors[0].message).toContain("schedules.lost: there is no DAG lost");
  // Of one file alone nobody knows which DAGs there are.
  const alone = await readDags({ ...options, files: [project.path("dags/all.dag.ts")] });
  expect(alone.files.flatMap(({ errors }) => errors)).toEqual([]);
});
