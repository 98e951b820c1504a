import { TASK_STATES, type InstanceFilter, type RunChanges, type RunState, type TaskState } from "@millrace/core";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPool, type DatabasePool } from "../postgres/index.ts";
import { aChange, aCreation, aFile, anInsert, aSet, testStore, type TestStore } from "../testing/test-store.ts";
import { deleteDag } from "./delete-dag.ts";
import { foldTotals } from "./totals.ts";

const DAGS = ["one", "two", "gone"] as const;
type DagId = (typeof DAGS)[number];
/** Counts between those of `none` and `removed`. */
const REST: readonly number[] = Array.from({ length: TASK_STATES.length - 2 }, () => 0);

let store: TestStore;
let pool: DatabasePool;
beforeAll(async () => {
  store = await testStore();
  pool = await openPool({ url: store.url, max: 2 });
});
afterAll(async () => {
  await pool.close();
  await store.close();
});

interface Live {
  readonly runId: number;
  readonly dagId: DagId;
  version: number;
  state: RunState;
}

/** One thing that happens to runs. `pick`: which of them. */
type Step =
  | { readonly kind: "create"; readonly dagId: DagId; readonly tasks: number; readonly state: RunState }
  | { readonly kind: "change"; readonly pick: number; readonly tasks: TaskState; readonly state?: RunState }
  | { readonly kind: "remove"; readonly picks: readonly number[] }
  | { readonly kind: "deleteDag" }
  | { readonly kind: "fold" };

const runState = fc.constantFrom<RunState>("queued", "running", "success", "failed");
const taskState = fc.constantFrom<TaskState>("none", "queued", "running", "success", "failed", "skipped");
const pick = fc.nat(1_000);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("create" as const),
      dagId: fc.constantFrom(...DAGS),
      tasks: fc.integer({ min: 0, max: 4 }),
      state: runState,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record(
      { kind: fc.constant("change" as const), pick, tasks: taskState, state: runState },
      { requiredKeys: ["kind", "pick", "tasks"] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("remove" as const), picks: fc.array(pick, { maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "deleteDag" } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "fold" } as const) },
);

/** Runs of the test, by what the engine would say of them. */
class Play {
  readonly #runs: Live[] = [];

  async take(next: Step): Promise<void> {
    switch (next.kind) {
      case "create":
        return await this.#create(next);
      case "change":
        return await this.#change(next);
      case "remove":
        return await this.#remove(next.picks);
      case "deleteDag":
        return await this.#deleteDag();
      case "fold":
        await foldTotals(pool);
        return;
      default:
        throw new Error(`unreachable: ${String(next satisfies never)}`);
    }
  }

  async #create({ dagId, tasks, state }: Extract<Step, { kind: "create" }>): Promise<void> {
    const runId = await store.engine.reserveRunIds(1);
    const creation = aCreation(
      runId,
      { dagId, runKey: `run ${runId}`, logicalDate: runId * 1_000_000 },
      {
        run: { state },
        instances: Array.from({ length: tasks }, (_, slot) => anInsert(`task-${slot}`, { slot })),
        counts: tasks === 0 ? [] : [tasks],
      },
    );
    await store.commitRuns(creation);
    this.#runs.push({ runId, dagId, version: 1, state });
  }

  async #change({ pick: at, tasks, state }: Extract<Step, { kind: "change" }>): Promise<void> {
    const run = this.#runs[at % this.#runs.length];
    if (run === undefined) return;
    const [{ count }] = await store.sql(
      "select count(*)::integer as count from millrace.task_instance where run_id = $1",
      [run.runId],
    );
    // What the engine does: the rows change, and the change says how many are in which state.
    const counts = TASK_STATES.map((name) => (name === tasks ? (count as number) : 0));
    run.version++;
    const changed = { ...aChange(run.runId), version: run.version, counts };
    await store.sql("update millrace.task_instance set state = $2::text::millrace.task_state where run_id = $1", [
      run.runId,
      tasks,
    ]);
    const staysEnded = state === undefined && (run.state === "success" || run.state === "failed");
    await store.commitRuns({
      ...changed,
      run: state === undefined ? {} : { state },
      ...(staysEnded && { endedAs: run.state }),
    });
    run.state = state ?? run.state;
  }

  async #remove(picks: readonly number[]): Promise<void> {
    // Retention offers ended runs only.
    const ended = this.#runs.filter(({ state }) => state === "success" || state === "failed");
    if (ended.length === 0) return;
    const chosen = [...new Set(picks.map((at) => ended[at % ended.length]))];
    const gone = await store.retention.removeRuns(
      chosen.map(({ runId, dagId, version }) => ({ runId, dagId, version })),
    );
    for (const run of chosen) {
      run.version++;
      if (gone.has(run.runId)) this.#runs.splice(this.#runs.indexOf(run), 1);
    }
  }

  async #deleteDag(): Promise<void> {
    await store.sql("update millrace.dag set active = false where dag_id = 'gone'");
    if (this.#runs.some(({ dagId, state }) => dagId === "gone" && (state === "queued" || state === "running"))) return;
    await deleteDag(pool, "gone").catch(() => undefined);
    for (const run of this.#runs.filter(({ dagId }) => dagId === "gone")) this.#runs.splice(this.#runs.indexOf(run), 1);
  }
}

async function requireExact(): Promise<void> {
  expect(await store.totals.runs()).toEqual(
    await store.sql(
      `select dag_id as "dagId", run_type as "runType", state, count(*)::integer as runs
       from millrace.dag_run group by 1, 2, 3 order by 1, 2, 3`,
    ),
  );
  expect(await store.totals.instances()).toEqual(
    await store.sql(
      `select r.dag_id as "dagId", t.state, count(*)::integer as instances
       from millrace.dag_run r join millrace.task_instance t on t.run_id = r.run_id group by 1, 2 order by 1, 2`,
    ),
  );
}

test("whatever happens to runs, the totals are what counting says", { timeout: 120_000 }, async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
    await store.sql("delete from millrace.dag_run");
    await store.engine.saveFiles([aFile("a.dag.ts", [...DAGS])], { complete: true, pausedUponCreation: false });
    const play = new Play();
    for (const next of steps) await play.take(next);
    await requireExact();
    await foldTotals(pool);
    await requireExact();
  });
  await fc.assert(property, { numRuns: 40 });
});

test("folding leaves no differences, and two at once fold each difference once", async () => {
  // The runs that chance made before.
  await store.sql("delete from millrace.dag_run");
  await store.engine.saveFiles([aFile("a.dag.ts", [...DAGS])], { complete: true, pausedUponCreation: false });
  for (let i = 0; i < 5; i++) await new Play().take({ kind: "create", dagId: "one", tasks: 2, state: "success" });
  const before = await store.totals.countRuns({ dagIds: ["one"] });
  await Promise.all([foldTotals(pool), foldTotals(pool), foldTotals(pool)]);
  while ((await foldTotals(pool)) > 0);
  expect(
    await store.sql("select from millrace.run_total_delta union all select from millrace.instance_total_delta"),
  ).toEqual([]);
  expect(await store.totals.countRuns({ dagIds: ["one"] })).toBe(before);
  expect(await store.totals.countRuns({ dagIds: ["one"], states: ["queued"] })).toBe(0);
  expect(await store.totals.countRuns({ dagIds: ["nobody"] })).toBe(0);
  expect(await store.totals.countInstances({ dagIds: ["one"], states: ["none"] })).toBe(
    await store.totals.countInstances({ dagIds: ["one"] }),
  );
});

test("the audit's total is exact through entries, removals and folds, and is not counted", async () => {
  const total = async (): Promise<number> => (await store.audit.list({ limit: 1, offset: 0 })).total;
  const counted = async (): Promise<unknown> =>
    (await store.sql("select count(*)::integer as count from millrace.audit_entry"))[0].count;
  await store.sql(
    "insert into millrace.audit_entry (event, by, from_address) select 'e', 'user:ada', '::1' from generate_series(1, 50)",
  );
  await store.audit.record({ event: "login", by: "user:ada", from: "::1" });
  expect(await total()).toBe(51);
  await foldTotals(pool);
  expect(await total()).toBe(51);
  await store.sql("delete from millrace.audit_entry where audit_id % 2 = 0");
  expect(await total()).toBe(await counted());
  await store.sql("alter table millrace.audit_entry disable trigger user");
  await store.sql("delete from millrace.audit_entry");
  expect(await total()).toBeGreaterThan(0);
});

test("instances that are removed and come back stay in the totals, whatever the counts of their run say", async () => {
  await store.sql("delete from millrace.dag_run");
  await store.sql("delete from millrace.task_instance");
  const run = await store.engine.reserveRunIds(1);
  const mapped = (mapIndex: number, change: object) => ({ ...change, taskId: "m", mapIndex });
  const removed = (mapIndex: number) => aSet("m", mapped(mapIndex, { state: "removed" }));
  const commit = async (version: number, changes: Partial<RunChanges>): Promise<void> => {
    await store.commitRuns(aChange(run, { version, ...changes }));
  };
  const total = async (filter: InstanceFilter = {}): Promise<number> => {
    const page = { limit: 1, offset: 0, by: "key", descending: false } as const;
    return (await store.runLists.listInstances(filter, page)).total;
  };
  const totals = async (): Promise<string> => {
    await requireExact();
    const parts = [{}, { dagIds: ["one"] }, { dagIds: ["two"] }, { states: ["removed"] }] satisfies InstanceFilter[];
    return (await Promise.all(parts.map(total))).join(" ");
  };

  const four = [anInsert("out", { state: "removed" }), ...[0, 1, 2].map((index) => anInsert("m", mapped(index, {})))];
  await store.commitRuns(aCreation(run, { dagId: "one" }, { instances: four, counts: [3, ...REST, 1] }));
  expect(await totals()).toBe("4 4 0 1");
  await commit(2, { instances: [removed(1), removed(2)], counts: [1, ...REST, 1] });
  expect(await totals()).toBe("4 4 0 3");
  // Behind: nothing of it is written.
  await commit(2, { instances: [removed(0)], counts: [0, ...REST, 1] });
  expect(await totals()).toBe("4 4 0 3");
  // The list is longer again: one comes back, one is new.
  await commit(3, { instances: [1, 3].map((index) => anInsert("m", mapped(index, {}))), counts: [3, ...REST, 1] });
  expect(await totals()).toBe("5 5 0 2");
  await commit(4, { run: { state: "success" }, instances: [removed(3)], counts: [2, ...REST, 1] });
  expect(await totals()).toBe("5 5 0 3");
  await commit(5, { endedAs: "success", instances: [{ ...removed(3), kind: "delete" }], counts: [2, ...REST] });
  expect(await totals()).toBe("4 4 0 2");
  await foldTotals(pool);
  expect(await totals()).toBe("4 4 0 2");
  await store.retention.removeRuns([{ runId: run, dagId: "one", version: 5 }]);
  expect(await totals()).toBe("0 0 0 0");
});
