import { expect, test } from "vitest";
import { Bench } from "./bench.ts";
import { fillHistory } from "./fill-history.ts";
import { holdSnapshot } from "./hold-snapshot.ts";
import { measureAll } from "./measure-all.ts";
import { printResults } from "./report/print-results.ts";
import { Progress } from "./report/progress.ts";
import { QUICK, type Scale } from "./scale.ts";
import { WORKLOADS } from "./workloads/index.ts";

const TINY: Scale = {
  ...QUICK,
  samples: 2,
  longSamples: 1,
  wideRuns: 2,
  starts: 5,
  history: 2_000,
  snapshotSeconds: 1,
};

async function openBench(): Promise<Bench> {
  const quiet = Object.assign(Object.create(process.stderr) as NodeJS.WriteStream, { isTTY: false, write: () => true });
  return Bench.open({ scale: TINY, progress: new Progress(quiet) });
}

test("the bench measures a real system: a row of 40 tasks, the start of one, and many on top of a history", async () => {
  const bench = await openBench();
  try {
    const only = ["sequence", "start-p50", "snapshot"];
    const results = await measureAll(bench, { only, isQuick: true, withPeers: false }, WORKLOADS);
    expect(results.outcomes.map(({ name }) => name)).toEqual(only);
    for (const { median } of results.outcomes) expect(median).toBeGreaterThan(0);
    expect(results.machine.postgresSettings).toMatchObject({ fsync: "on", synchronous_commit: "on" });
    expect(results.memory[0].rss).toBeGreaterThan(results.memory[0].heapUsed);
    expect(printResults(results)).toContain("40 light tasks in sequence, warm");
  } finally {
    await bench.close();
  }
}, 120_000);

test("a filled history is what the engine finds after real runs: whole runs, each in its partition, ids going on behind them", async () => {
  const bench = await openBench();
  try {
    const url = await bench.database("filled");
    await fillHistory(url, 2_001, bench.progress);
    const [counts] = await bench.query(
      url,
      `select (select count(*) from millrace.task_instance) as instances, (select count(*) from millrace.dag_run) as runs,
         (select max(run_id) from millrace.dag_run) as last_run, millrace.reserve_run_ids(1) as next_run`,
    );
    expect(counts).toMatchObject({ instances: 2_040, runs: 51, next_run: Number(counts.last_run) + 1 });
    const held = await holdSnapshot(url);
    const backends =
      "select count(*) as held from pg_stat_activity where backend_xmin is not null and state like 'idle in%'";
    expect(await bench.query(url, backends)).toEqual([{ held: 1 }]);
    await held.close();
    expect(await bench.query(url, backends)).toEqual([{ held: 0 }]);
  } finally {
    await bench.close();
  }
}, 120_000);
