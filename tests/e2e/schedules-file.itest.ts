import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject, type Started } from "../harness/cli-project.ts";

const SETTINGS = '{ "core": { "schedulesFile": "config/schedules/${ENVIRONMENT}.yaml" } }';
const DAGS = `
import { bash, cron, dag } from "millrace";
export const ingest = dag("at_01_rss_ingest_job", ({ task }) => {
  task("say", bash({ command: "echo next is {{ data_interval_end | ds }}" }));
});
export const backup = dag("wst_atp_bak", { schedule: cron("@daily") }, ({ task }) => void task("copy", () => 1));
export const other = dag("other", ({ task }) => void task("a", () => 1));
`;
const entry = (name: string, cron: string, rest = ""): string =>
  `  ${name}:\n    enabled: true\n    cron_schedule: "${cron}"\n    default_status: "RUNNING"\n${rest}`;
const DEV = `schedules:\n${entry("at_01_rss_ingest", "0 5 * * *")}  wst_atp_bak:\n    enabled: false\n`;
const PROD = `schedules:\n${entry("at_01_rss_ingest", "*/15 * * * *")}  wst_atp_bak:\n    cron_schedule: "57 9 * * 0"\n    timezone: America/Chicago\n    default_status: STOPPED\n`;

let project: CliProject;
let started: Started;

async function rows(...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { code, out, err } = await project.run(...args, "-o", "json");
  expect(code, err).toBe(0);
  return JSON.parse(out) as readonly Record<string, unknown>[];
}

async function schedules(): Promise<Readonly<Record<string, unknown>>> {
  const dags = await rows("dags", "list", "--columns", "dag_id,schedule,is_paused,version");
  return Object.fromEntries(dags.map(({ dag_id, ...rest }) => [dag_id as string, Object.values(rest).join(" | ")]));
}

beforeAll(async () => {
  project = await cliProject({
    "millrace.json": SETTINGS,
    "dags/all.dag.ts": DAGS,
    "config/schedules/dev.yaml": DEV,
    "config/schedules/prod.yaml": PROD,
  });
  started = await project.start();
});
afterAll(() => project[Symbol.asyncDispose]());

test("DAGs have the schedules of the environment", async () => {
  expect(await schedules()).toEqual({
    at_01_rss_ingest_job: "Every day at 05:00 (UTC) | false | 1",
    other: "Never, external triggers only | false | 1",
    wst_atp_bak: "Never, external triggers only | false | 1",
  });
  const [details] = [
    JSON.parse((await project.run("dags", "details", "at_01_rss_ingest_job", "-o", "json")).out),
  ].flat();
  expect(details).toMatchObject({ schedule_from: "config/schedules/dev.yaml" });
  const next = await project.run("dags", "next-execution", "at_01_rss_ingest_job", "-n", "2");
  expect(next.out.match(/T05:00|05:00/g)?.length, next.err).toBeGreaterThanOrEqual(2);
});

test("a task of such a DAG runs, in the data interval of its schedule", async () => {
  await project.run("dags", "trigger", "at_01_rss_ingest_job", "-r", "by_hand", "-e", "2026-03-01T12:00:00Z");
  await started.until(/✓ at_01_rss_ingest_job by_hand success/);
  const { code, out, err } = await project.run("tasks", "logs", "at_01_rss_ingest_job", "say", "by_hand");
  expect(code, err).toBe(0);
  expect(out).toContain("next is 2026-03-01");
  const test = await project.run("dags", "test", "at_01_rss_ingest_job", "-e", "2026-03-01T12:00:00Z");
  expect(test.code, test.err).toBe(0);
});

test("a changed entry holds at once, in a new version of that DAG alone", async () => {
  await project.write("config/schedules/dev.yaml", DEV.replace("0 5 * * *", "30 6 * * *"));
  await started.until(/dag at_01_rss_ingest_job is now version 2/);
  expect(await schedules()).toMatchObject({
    at_01_rss_ingest_job: "Every day at 06:30 (UTC) | false | 2",
    wst_atp_bak: "Never, external triggers only | false | 1",
  });
});

test("a mistake is an import error with file, line and key, and the last good schedules hold", async () => {
  await project.write("config/schedules/dev.yaml", DEV.replace("0 5 * * *", "0 25 * * *"));
  await started.until(/config\/schedules\/dev\.yaml:4/);
  const list = await project.run("dags", "list-import-errors", "-o", "json");
  const [error] = JSON.parse(list.out) as readonly { readonly error: string }[];
  expect(error).toMatchObject({ file: "config/schedules/dev.yaml", line: 4 });
  expect(error.error).toContain("schedules.at_01_rss_ingest.cron_schedule: ");
  expect(await schedules()).toMatchObject({ at_01_rss_ingest_job: "Every day at 06:30 (UTC) | false | 2" });
  await project.write("config/schedules/dev.yaml", DEV.replace("0 5 * * *", "30 6 * * *"));
  await started.until(/config\/schedules\/dev\.yaml can be read again/);
  expect(await rows("dags", "list-import-errors")).toEqual([]);
});

test("another environment has other schedules, and new DAGs begin as it says", async () => {
  await started.stop();
  const prod = { ENVIRONMENT: "prod", MILLRACE__CORE__DATA_FOLDER: ".millrace-prod" };
  const list = await project.launch(["dags", "list", "--columns", "dag_id,schedule,is_paused", "-o", "json"], prod)
    .ended;
  expect(list.err).toBe("");
  expect(JSON.parse(list.out)).toEqual([
    { dag_id: "at_01_rss_ingest_job", schedule: "Every 15 minutes (UTC)", is_paused: false },
    { dag_id: "other", schedule: "Never, external triggers only", is_paused: false },
    { dag_id: "wst_atp_bak", schedule: "Every Sunday at 09:57 (America/Chicago)", is_paused: true },
  ]);
  const lost = await project.launch(["dags", "list-import-errors", "-o", "json"], { ENVIRONMENT: "prd" }).ended;
  expect(lost.out).toContain("the environment is prd (ENVIRONMENT)");
});
