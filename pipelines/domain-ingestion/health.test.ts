import type { Panel } from "millrace";
import { testPage, type TestPageRun } from "millrace/testing";
import { expect, test } from "vitest";
import { health } from "./health.dag.ts";

const NOW = "2025-10-05T12:00:00Z";
const LAYERS = ["bronze", "silver", "gold"] as const;

/** A run of the layers that ended then. */
function aPass(endedAt: string, outcome: "committed" | "unchanged" = "committed"): TestPageRun {
  const tasks = LAYERS.map((layer) => [`process_${layer}`, { result: { layer, outcome, rows: 1, version: 1 } }]);
  return { logicalDate: endedAt, endedAt, tasks: Object.fromEntries(tasks) as TestPageRun["tasks"] & object };
}

function anIngestion(endedAt: string, published: Readonly<Record<string, number>>): TestPageRun {
  return {
    logicalDate: endedAt,
    endedAt,
    tasks: { run_full_ingestion: { xcoms: { published_by_source: published } } },
  };
}

async function panelsOf(
  runs: Readonly<Record<string, readonly TestPageRun[]>>,
  params = {},
): Promise<Readonly<Record<string, Panel>>> {
  const panels = await testPage(health, { now: NOW, runs, params });
  return Object.fromEntries(panels.map((panel) => [panel.title, panel]));
}

test("the age of each layer counts from the last run that brought it data, and is judged by its limit", async () => {
  const seen = await panelsOf({
    domain_layers_dag: [
      aPass("2025-10-05T10:00:00Z"),
      aPass("2025-10-05T11:10:00Z"),
      aPass("2025-10-05T11:50:00Z", "unchanged"),
    ],
  });
  expect(seen["Bronze: age of the newest data"]).toMatchObject({ value: 50, state: "bad" });
  expect(seen["Silver: age of the newest data"]).toMatchObject({ value: 50, state: "warn" });
  expect(seen["Gold: age of the newest data"]).toMatchObject({ value: 50, state: "ok" });
});

test("over time the age grows and falls at once when data comes", async () => {
  const { "Age of the newest data": chart } = await panelsOf(
    { domain_layers_dag: [aPass("2025-10-05T09:00:00Z"), aPass("2025-10-05T11:00:00Z")] },
    { hours: 6 },
  );
  const [{ points }] = (chart as Panel & { readonly kind: "series" }).lines;
  expect(points[0]).toEqual(["2025-10-05T09:00:00.000Z", 0]);
  expect(points.at(-1)).toEqual(["2025-10-05T12:00:00.000Z", 60]);
  const at = points.findIndex(([time]) => time === "2025-10-05T11:00:00.000Z");
  expect(points.slice(at - 1, at + 1).map(([, age]) => age)).toEqual([120, 0]);
  expect(points.every(([time]) => time >= "2025-10-05T09:00")).toBe(true);
});

test("domains per source are those of the last run that read the source, also of runs of one source alone", async () => {
  const seen = await panelsOf({
    domain_ingestion_dag: [
      anIngestion("2025-10-05T09:00:00Z", { urlhaus: 20, adwars: 5 }),
      anIngestion("2025-10-05T10:00:00Z", { urlhaus: 27, adwars: 0 }),
    ],
    domain_ingestion_per_source_dag: [
      {
        logicalDate: "2025-10-05T11:00:00Z",
        tasks: { "fetch_sources.fetch_1hosts": { xcoms: { published_by_source: { "1hosts": 30 } } } },
      },
    ],
  });
  expect(seen["Domains per source"]).toMatchObject({
    bars: [
      { label: "1hosts", value: 30 },
      { label: "urlhaus", value: 27 },
      { label: "adwars", value: 0, state: "bad" },
    ],
  });
  expect(seen["Published domains"]).toMatchObject({
    lines: [{ label: "1hosts" }, { label: "adwars" }, { label: "urlhaus" }],
  });
});

test("checks of the last monitoring run and the last failures lead to where they happened", async () => {
  const monitoring: TestPageRun = {
    logicalDate: "2025-10-05T11:45:00Z",
    state: "failed",
    tasks: {
      "data_quality.check_gold_freshness": { state: "failed", reason: "too old" },
      "infrastructure_health.check_kafka": {},
      collect_metrics: { state: "upstream_failed" },
    },
  };
  const seen = await panelsOf({ monitoring_dag: [{ logicalDate: "2025-10-05T11:30:00Z" }, monitoring] });
  expect(seen["Checks of the last monitoring run"]).toMatchObject({
    items: [
      { label: "check gold freshness", state: "failed", text: "too old" },
      { label: "check kafka", state: "success" },
    ],
  });
  expect(seen["Last failures"]).toMatchObject({
    rows: [
      {
        dag: "monitoring_dag",
        task: { value: "data_quality.check_gold_freshness", link: { dagId: "monitoring_dag" } },
        reason: "too old",
      },
    ],
  });
  expect(seen["Failed runs"]).toMatchObject({ value: 1, state: "bad" });
});

test("a new installation has nothing to show, and says so", async () => {
  const seen = await panelsOf({});
  expect(seen["Gold: age of the newest data"]).toMatchObject({ value: null, state: "bad" });
  expect(seen["Failed runs"]).toMatchObject({ value: 0, state: "ok" });
  expect(seen["Last failures"]).toMatchObject({
    rows: [],
    empty: "Nothing has failed in the runs that were looked at.",
  });
});
