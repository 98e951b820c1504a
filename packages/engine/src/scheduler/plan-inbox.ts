import {
  formatInstant,
  isMillraceError,
  manualInterval,
  MillraceError,
  resolveParams,
  type Answer,
  type Command,
  type EngineStore,
  type InboxRow,
  type Micros,
  type Run,
  type RunEvent,
  parseConf,
} from "@millrace/core";
import { addRun, type Creation } from "./create-runs.ts";
import { runFromRows, versionOf, type OwnedDag } from "./owned-dags.ts";

/** Also what a run id may be in a path and in a header. */
const RUN_KEY = /^[A-Za-z0-9_.~:+-]{1,250}$/;

type RunCommand = Exclude<Command, { kind: "trigger" | "pause" | "deleteRun" }>;

/** What became of one inbox row in this tick. */
export type InboxStep =
  /** It acts on a run: plan these events for it, then answer. */
  | { readonly kind: "run"; readonly run: Run; readonly events: readonly RunEvent[] }
  /** The run moves to the newest version first; the command is planned again in the next tick. */
  | { readonly kind: "move"; readonly run: Run; readonly dag: OwnedDag }
  /** The run goes, after its end. */
  | { readonly kind: "delete"; readonly run: Run; readonly dag: OwnedDag }
  /** Decided: the answer is part of the batch. */
  | { readonly kind: "answered" };

/** Turns a command into what this tick has to do. Every refusal is an answer; nothing throws for bad input (R5). */
export async function planCommand(row: InboxRow, creation: Creation, store: EngineStore): Promise<InboxStep> {
  const dag = creation.owned.dags.get(row.dagId);
  if (!dag) return refuse(row, creation, "NOT_FOUND", `there is no DAG ${row.dagId}`);
  const { command } = row;
  switch (command.kind) {
    case "trigger":
      return trigger(row, dag, creation);
    case "pause":
      dag.row = { ...dag.row, paused: command.paused };
      creation.batch.patchDag({ dagId: row.dagId, paused: command.paused });
      return answer(row, creation, { ok: true });
    case "clear":
    case "markTasks":
    case "markRun":
      return actOnRun(row, command, dag, { creation, store });
    case "deleteRun": {
      const run = await findRun({ creation, store }, dag, command.runKey);
      if (!run) return refuseUnknown(row, creation, command.runKey);
      return refuseChanged(row, command, run, creation) ?? { kind: "delete", run, dag };
    }
    default:
      throw new Error(`unreachable: ${command satisfies never}`);
  }
}

function trigger(row: InboxRow, dag: OwnedDag, creation: Creation): InboxStep {
  const command = row.command as Extract<Command, { kind: "trigger" }>;
  const taken = creation.conflicts.get(row.inboxId);
  if (taken && (command.runKey !== undefined || command.logicalDate !== undefined)) {
    return refuse(
      row,
      creation,
      "CONFLICT",
      `the DAG ${row.dagId} has a run ${taken.runKey}, or one for the logical date ${formatInstant(taken.logicalDate)}, already`,
    );
  }
  try {
    checkRunKey(command.runKey);
    const conf = parseConf(command.conf);
    const { rules } = creation.owned;
    const { params, schedule } = dag.row.settings;
    resolveParams({ dag: params, conf, confOverrides: rules.confOverridesParams });
    const logicalDate = command.logicalDate ?? freeDate(dag, taken ? taken.logicalDate + 1 : creation.batch.now);
    const { now } = creation.batch;
    const waits = schedule.kind !== "none" || !rules.allowTriggerInFuture;
    const { dataInterval } = command;
    const interval = dataInterval
      ? { intervalStart: dataInterval.start, intervalEnd: dataInterval.end }
      : manualInterval(schedule, logicalDate);
    const runId = addRun(creation, dag, {
      ...interval,
      logicalDate,
      runAfter: command.runAfter ?? (waits ? Math.max(now, logicalDate) : now),
      runType: "manual",
      triggeredBy: row.by,
      conf: command.conf ?? null,
      ...(command.runKey !== undefined && { runKey: command.runKey }),
      ...(command.note !== undefined && { note: command.note }),
    });
    const runKey = creation.batch.runs.get(runId)?.run.head.runKey;
    creation.batch.answers.push({
      inboxId: row.inboxId,
      runId,
      answer: { ok: true, runId, logicalDate, ...(runKey !== undefined && { runKey }) },
    });
    return { kind: "answered" };
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    return refuse(row, creation, error.code, error.message);
  }
}

/** Implicit logical dates of one DAG never meet: each is at least 1 µs after the last. One taken by a date that somebody named comes back as a conflict. */
function freeDate(dag: OwnedDag, from: Micros): Micros {
  dag.lastImplicitDate = Math.max(from, dag.lastImplicitDate + 1);
  return dag.lastImplicitDate;
}

function checkRunKey(runKey: string | undefined): void {
  if (runKey !== undefined && !RUN_KEY.test(runKey))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the run id ${JSON.stringify(runKey)} is not possible: use 1 to 250 of the characters A-Z a-z 0-9 _ . ~ : + -`,
    );
}

async function actOnRun(
  row: InboxRow,
  command: RunCommand,
  dag: OwnedDag,
  at: { readonly creation: Creation; readonly store: EngineStore },
): Promise<InboxStep> {
  const run = await findRun(at, dag, command.runKey);
  if (!run) return refuseUnknown(row, at.creation, command.runKey);
  const refused = refuseChanged(row, command, run, at.creation);
  if (refused) return refused;
  if (command.kind === "clear" && command.backfillId !== undefined) {
    const hasEnded = run.head.state === "success" || run.head.state === "failed";
    const isDone = command.backfillId === run.head.backfillId;
    if (isDone) letGo(run, at.creation);
    // One that somebody has cleared meanwhile is unfinished, and never touched.
    if (isDone || !hasEnded) return answer(row, at.creation, { ok: true, changed: 0 });
  }
  if (command.kind === "clear" && command.version === "newest" && run.head.dagVersion !== dag.row.version)
    return { kind: "move", run, dag };
  return { kind: "run", run, events: [eventOf(command, row.by)] };
}

function eventOf(command: RunCommand, by: string): RunEvent {
  switch (command.kind) {
    case "clear":
      return { kind: "clear", select: command.select, by, ...clearOptions(command) };
    case "markTasks":
      return { kind: "markTasks", select: command.select, state: command.state, by };
    case "markRun":
      return { kind: "markRun", state: command.state, by };
    default:
      throw new Error(`unreachable: ${command satisfies never}`);
  }
}

function clearOptions({
  backfillId,
  keepRunState,
}: Extract<RunCommand, { kind: "clear" }>): Pick<Extract<RunEvent, { kind: "clear" }>, "backfillId" | "keepRunState"> {
  return { ...(backfillId !== undefined && { backfillId }), ...(keepRunState && { keepRunState }) };
}

/** A finished or resting run is read from its rows and stays in memory while it has work again. */
async function findRun(
  { creation: { owned, batch }, store }: { readonly creation: Creation; readonly store: EngineStore },
  dag: OwnedDag,
  runKey: string,
): Promise<Run | undefined> {
  for (const run of dag.runs.values()) if (run.head.runKey === runKey) return run;
  const runId = await store.findRunId(dag.row.dagId, runKey);
  if (runId === undefined) return undefined;
  const rows = await store.loadRun(runId);
  if (!rows) return undefined;
  const version = await owned.versions.get(versionOf(rows.run), store);
  const run = runFromRows(rows.run, rows.instances, version.compiled);
  owned.addRun(run, batch.now);
  owned.index(run);
  return run;
}

/**
 * R2. The version that a plan begins at is the one that its commit takes the next of: a command that names versions is carried out at one of them, or
 * not at all.
 */
function refuseChanged(
  row: InboxRow,
  { ifVersions }: Extract<Command, { readonly ifVersions?: readonly number[] }>,
  run: Run,
  creation: Creation,
): InboxStep | undefined {
  const { runKey, version } = run.head;
  if (ifVersions === undefined || ifVersions.includes(version)) return undefined;
  letGo(run, creation);
  const message = `the run ${runKey} of ${row.dagId} is at version ${version} by now`;
  return refuse(row, creation, "CHANGED_MEANWHILE", message);
}

/** A run that has ended and was only read to be looked at leaves memory again. */
function letGo({ head: { runId, state } }: Run, { owned, batch }: Creation): void {
  if ((state === "success" || state === "failed") && !batch.runs.has(runId)) owned.dropRun(runId);
}

/** The rest of a command whose first step was at the version that it named: its own step is no change of somebody else. */
export function afterFirstStep(row: InboxRow): InboxRow {
  const { command } = row;
  if (!("ifVersions" in command)) return row;
  const { ifVersions: _, ...rest } = command;
  return { ...row, command: rest };
}

function refuseUnknown(row: InboxRow, creation: Creation, runKey: string): InboxStep {
  return refuse(row, creation, "NOT_FOUND", `the DAG ${row.dagId} has no run ${runKey}`);
}

function refuse(row: InboxRow, creation: Creation, code: MillraceError["code"], message: string): InboxStep {
  return answer(row, creation, { ok: false, code, message });
}

function answer(row: InboxRow, creation: Creation, reply: Answer): InboxStep {
  creation.batch.answers.push({ inboxId: row.inboxId, answer: reply });
  return { kind: "answered" };
}
