import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject, type Ended } from "../harness/cli-project.ts";

const DAGS = `
import { cron, dag } from "millrace";
export const daily = dag("daily", { schedule: cron("0 2 * * *", "Europe/Berlin"), start: "2100-01-01" }, ({ task }) => {
  const load = task("load", (_, { logicalDate }) => {
    if (logicalDate.startsWith("2025-03-03")) throw new Error("no data for this day");
    return logicalDate;
  });
  task("store", { input: { load } }, () => undefined);
  task("report", () => undefined);
});
export const manual = dag("manual", ({ task }) => void task("only", () => undefined));
`;
const RANGE = ["--from-date", "2025-03-01", "--to-date", "2025-03-04T12:00"] as const;

let project: CliProject;
beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}", "dags/all.dag.ts": DAGS });
});
afterAll(() => project[Symbol.asyncDispose]());

const backfill = (...args: readonly string[]): Promise<Ended> => project.run("backfill", ...args);
const json = ({ out }: Ended): readonly Record<string, unknown>[] => JSON.parse(out) as Record<string, unknown>[];

test("a dry run shows each date, what stands there and what would be done, without a server", async () => {
  const shown = await backfill("create", "daily", ...RANGE, "--dry-run", "-o", "plain");
  expect(shown.out.split("\n").map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
    ["logical_date", "data_interval_start", "data_interval_end", "action"],
    ["2025-03-01T01:00:00+00:00", "2025-03-01T01:00:00+00:00", "2025-03-02T01:00:00+00:00", "create"],
    ["2025-03-02T01:00:00+00:00", "2025-03-02T01:00:00+00:00", "2025-03-03T01:00:00+00:00", "create"],
    ["2025-03-03T01:00:00+00:00", "2025-03-03T01:00:00+00:00", "2025-03-04T01:00:00+00:00", "create"],
    ["2025-03-04T01:00:00+00:00", "2025-03-04T01:00:00+00:00", "2025-03-05T01:00:00+00:00", "create"],
    [""],
  ]);
  expect(shown.err).toContain("daily: 4 runs would be made, 0 would run again, 0 would stay as they are.");
  expect((await backfill("list")).err).toContain("There are no backfills.");
});

test("what cannot be is refused with what to do instead, and nothing is written down", async () => {
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [["create", "manual", ...RANGE], /manual cannot be backfilled like this: it has no schedule.*trigger it/],
    [["create", "dayly", ...RANGE], /there is no DAG "dayly"[\s\S]*Did you mean daily\?/],
    [["create", "daily", "-s", "2025-03-02", "-e", "2025-03-01"], /its range ends before it begins/],
    [["create", "daily", "-s", "yesterday", "-e", "2025-03-01"], /"yesterday" is not an instant/],
    [["create", "daily", ...RANGE, "--max-active-runs", "many"], /active runs must be a whole number from 1 to 1000/],
    [["create", "daily", ...RANGE, "-t", "^st", "-i"], /store needs the result of load, which is left out/],
    [["create", "daily", ...RANGE, "-t", "nothing"], /no task of daily matches "nothing"/],
    [["create", "daily", ...RANGE, "--wait"], /nobody would carry the backfill out[\s\S]*millrace start/],
    [["pause", "7"], /there is no backfill 7/],
    [["show", "first"], /"first" is no number of a backfill/],
  ];
  for (const [args, words] of refusals) {
    const { code, err, out } = await backfill(...args);
    expect(err).toMatch(words);
    expect(code).toBeGreaterThan(0);
    expect(out).toBe("");
  }
  expect((await backfill("create", "daily", "-s", "2025-03-01")).err).toContain("--to-date");
  expect(json(await backfill("list", "-o", "json"))).toEqual([]);
});

test("written down while nothing runs, it begins with the next start; --wait follows one and exits by its outcome", async () => {
  const written = await backfill("create", "daily", ...RANGE, "-t", "^(load|store)$", "-o", "json");
  expect(written.err).toMatch(
    /The backfill 1 of daily is written down\.\n.*No Millrace runs on this database: it waits until/,
  );
  expect(json(written)).toMatchObject([{ id: 1, dag_id: "daily", state: "running", success: 0 }]);
  expect((await backfill("pause", "1")).err).toContain("The backfill 1 of daily is paused");
  const started = await project.start();
  await using ends = new AsyncDisposableStack();
  ends.defer(async () => void (await started.stop()));
  expect(json(await backfill("list", "--open", "-o", "json"))).toMatchObject([{ id: 1, state: "paused", active: 0 }]);
  expect((await backfill("create", "daily", ...RANGE)).err).toMatch(
    /has a backfill that is paused \(1\); wait for it, or cancel it/,
  );
  expect((await backfill("unpause", "1")).err).toContain("The backfill 1 of daily goes on");
  await started.until(/backfill__2025-03-04T01:00:00\+00:00 success/);
  const failed = await project.run(
    "tasks",
    "states-for-dag-run",
    "daily",
    "backfill__2025-03-03T01:00:00+00:00",
    "-o",
    "json",
  );
  expect(json(failed).map((row) => `${String(row.task_id)} ${String(row.state)}`)).toEqual([
    "load failed",
    "store upstream_failed",
    "report removed",
  ]);

  const again = await backfill("create", "daily", ...RANGE, "--reprocess-behavior", "failed", "--wait", "-o", "json");
  expect(again.code).toBe(1);
  expect(again.err).toContain("The backfill 2 of daily ended: 1 failed.");
  const dry = json(
    await backfill("create", "daily", ...RANGE, "--reprocess-behavior", "completed", "-B", "-n", "-o", "json"),
  );
  expect(dry.map((row) => [row.action, row.run_state])).toEqual([
    ["clear", "success"],
    ["clear", "failed"],
    ["clear", "success"],
    ["clear", "success"],
  ]);
  await project.write("dags/all.dag.ts", DAGS.replace("2025-03-03", "1999-03-03"));
  await started.until(/daily.*(changed|version 2)/);
  const fixed = await backfill(
    "create",
    "daily",
    ...RANGE,
    "--reprocess-behavior",
    "completed",
    "-B",
    "--wait",
    "-o",
    "json",
  );
  expect(fixed.err).toContain("The backfill 3 of daily ended: 4 success.");
  expect([fixed.code, json(fixed)]).toMatchObject([0, [{ id: 3, state: "ended", success: 4, failed: 0, active: 0 }]]);
  expect((await backfill("cancel", "3")).err).toContain("the backfill 3 of daily is ended already");
  expect((await backfill("show", "1")).out).toMatch(/tasks\s+│ load, store/);
});
