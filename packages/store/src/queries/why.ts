import type {
  BackfillState,
  DueRun,
  Graph,
  ImportError,
  InstanceFacts,
  Micros,
  Obligation,
  PoolFacts,
  RunFacts,
  RunState,
  SchedulerFacts,
  SlotUse,
  StateGroup,
  UnfinishedRuns,
  WhyDagFacts,
  WhyFacts,
  WhyQuestion,
} from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { causeFromSql, dueRunsFromSql } from "../rows.ts";
import { runGuarded } from "./run-guarded.ts";
import { WHY } from "./why-sql.ts";

/** As JSON has it: the cause is text. */
type Stored<T> = Omit<T, "cause"> & { readonly cause?: string };

interface WhySql {
  readonly now: Micros;
  readonly dag_id: string;
  readonly file: string;
  readonly active: boolean;
  readonly paused: boolean;
  readonly version: number;
  readonly owner: number | null;
  readonly graph: string;
  readonly last_logical_date: Micros | null;
  readonly last_interval_start: Micros | null;
  readonly last_interval_end: Micros | null;
  readonly custom_times: readonly Micros[] | null;
  readonly import_errors:
    readonly { readonly file: string; readonly message: string; readonly line: number | null }[] | null;
  readonly updated_assets: readonly string[] | null;
  readonly unfinished: UnfinishedRuns;
  readonly ended: {
    readonly failed: number;
    readonly runKey: string | null;
    readonly state: RunState;
    readonly endedAt: Micros | null;
    readonly cause: string | null;
  };
  readonly backfill: {
    readonly backfillId: number;
    readonly state: BackfillState;
    readonly maxActiveRuns: number;
  } | null;
  readonly schedulers: readonly SchedulerFacts[] | null;
  readonly pools: readonly PoolFacts[] | null;
  readonly slot_uses: readonly SlotUse[] | null;
  readonly run: (Stored<Omit<RunFacts, "obligations">> & { readonly obligations?: string }) | null;
  readonly run_graph: string | null;
  readonly groups: readonly Stored<StateGroup>[] | null;
  readonly instances: readonly Stored<InstanceFacts>[] | null;
  readonly map_indexes: readonly number[] | null;
  readonly previous_key: string | null;
  readonly previous_graph: string | null;
  readonly previous_groups: readonly Stored<StateGroup>[] | null;
  readonly previous_instances: readonly Stored<InstanceFacts>[] | null;
}

/** All that the question why something does not run is answered from, in one round trip; undefined when there is no such DAG. */
export async function readWhy(pool: DatabasePool, question: WhyQuestion): Promise<WhyFacts | undefined> {
  const { dagId, runId = null, mapIndex = -1 } = question;
  const { rows } = await runGuarded(pool, "any", (client) => client.query<WhySql>(WHY, [dagId, runId, mapIndex]));
  const [row] = rows;
  if (row === undefined) return undefined;
  const run = runOf(row);
  return {
    now: row.now,
    dag: dagOf(row),
    schedulers: row.schedulers ?? [],
    pools: row.pools ?? [],
    slotUses: row.slot_uses ?? [],
    ...(run && { run }),
  };
}

function dagOf(row: WhySql): WhyDagFacts {
  const { owner, backfill, ended, custom_times: times } = row;
  const { last_logical_date: logicalDate, last_interval_start: intervalStart, last_interval_end: intervalEnd } = row;
  const lastScheduled =
    logicalDate === null || intervalStart === null || intervalEnd === null
      ? undefined
      : { logicalDate, intervalStart, intervalEnd };
  const customTimes: readonly DueRun[] | undefined = times === null ? undefined : dueRunsFromSql(times);
  const cause = causeFromSql(ended.cause);
  return {
    dagId: row.dag_id,
    file: row.file,
    active: row.active,
    paused: row.paused,
    version: row.version,
    graph: JSON.parse(row.graph) as Graph,
    importErrors: (row.import_errors ?? []).map(({ line, ...error }): ImportError => ({
      ...error,
      ...(line !== null && { line }),
    })),
    updatedAssets: row.updated_assets ?? [],
    unfinished: row.unfinished,
    failedRunsInRow: ended.failed,
    ...(owner !== null && { owner }),
    ...(lastScheduled && { lastScheduled }),
    ...(customTimes && { customTimes }),
    ...(backfill && { backfill }),
    ...(ended.runKey !== null && {
      lastEnded: {
        runKey: ended.runKey,
        state: ended.state,
        ...(ended.endedAt !== null && { endedAt: ended.endedAt }),
        ...(cause && { cause }),
      },
    }),
  };
}

function runOf(row: WhySql): RunFacts | undefined {
  if (row.run === null || row.run_graph === null) return undefined;
  const { cause: _cause, obligations, ...run } = row.run;
  const cause = causeFromSql(row.run.cause ?? null);
  const mapIndexes = row.map_indexes ?? [];
  return {
    ...run,
    ...(cause && { cause }),
    obligations: obligations === undefined ? [] : (JSON.parse(obligations) as readonly Obligation[]),
    graph: JSON.parse(row.run_graph) as Graph,
    groups: (row.groups ?? []).map(withCause),
    instances: (row.instances ?? []).map(withCause),
    mapIndexes,
    ...(row.previous_key !== null &&
      row.previous_graph !== null && {
        previous: {
          runKey: row.previous_key,
          graph: JSON.parse(row.previous_graph) as Graph,
          groups: (row.previous_groups ?? []).map(withCause),
          instances: (row.previous_instances ?? []).map(withCause),
          mapIndexes,
        },
      }),
  };
}

function withCause<T extends { readonly cause?: string }>({
  cause: text,
  ...rest
}: T): Omit<T, "cause"> & Pick<InstanceFacts, "cause"> {
  const cause = causeFromSql(text ?? null);
  return { ...rest, ...(cause && { cause }) };
}
