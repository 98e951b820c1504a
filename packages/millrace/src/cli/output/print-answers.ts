import { sayBlocker, type Blocker, type Said, type Saying, type TaskState } from "@millrace/core";
import { nameProgram } from "../name-program.ts";
import type { Terminal } from "../terminal.ts";
import { paintState } from "./paint-state.ts";
import { printRows, type PrintOptions, type Row } from "./print-rows.ts";
import { instantOrNull } from "./show-time.ts";

const NOTHING_ELSE: readonly Said[] = [{ reason: "Nothing else keeps it." }];

/** What is asked about, and what keeps it. */
export interface Answer {
  /** Absent = a run or a DAG as a whole. */
  readonly instance?: {
    readonly taskId: string;
    readonly mapIndex: number;
    readonly state: TaskState;
    /** Instances of the task in the same state, of which this is the first; 1 = it alone. */
    readonly count: number;
  };
  readonly runKey?: string;
  readonly blockers: readonly Blocker[];
}

/** Of what and when answers are given. */
export interface Asked {
  readonly dagId: string;
  readonly now: number;
  /** What is said when there is nothing to tell. */
  readonly empty: string;
}

/** Prints answers: sentences for people, those that several tasks share once; for programs and with columns a row for each blocker. */
export function printAnswers(
  terminal: Terminal,
  answers: readonly Answer[],
  { dagId, now, empty, ...options }: Asked & PrintOptions,
): void {
  const said = answers.map((answer) => sayAll(answer, { dagId, now }, terminal));
  if (options.output !== "table" || options.columns !== undefined) {
    const rows = answers.flatMap((answer, index) => rowsOf(answer, said[index], dagId));
    printRows(terminal, rows, { ...options, empty });
    return;
  }
  if (answers.length === 0) terminal.say(empty);
  // What keeps the run keeps each of its tasks: it is said once.
  const ofWhole = new Set(answers.flatMap(({ instance }, index) => (instance ? [] : said[index].map(reasonOf))));
  const told = answers.map((answer, index) => {
    const own = answer.instance ? said[index].filter((each) => !ofWhole.has(reasonOf(each))) : said[index];
    return { answer, said: own.length > 0 ? own : NOTHING_ELSE };
  });
  const groups = Map.groupBy(told, (each) => JSON.stringify([each.answer.instance?.state, each.said.map(reasonOf)]));
  for (const [index, group] of [...groups.values()].entries()) {
    if (index > 0) terminal.print("");
    const grouped = group.map(({ answer }) => answer);
    terminal.print(headOf(grouped, dagId, terminal));
    for (const { reason, advice } of group[0].said) {
      terminal.print(`  ${reason}`);
      if (advice !== undefined) terminal.print(`    ${terminal.paint.dim(advice)}`);
    }
  }
}

function reasonOf({ reason }: Said): string {
  return reason;
}

function sayAll({ blockers, instance, runKey }: Answer, saying: Saying, terminal: Terminal): readonly Said[] {
  const about = { ...saying, ...(runKey !== undefined && { runKey }), ...(instance && { instance }) };
  return blockers.map((blocker) => {
    const { reason, advice, until } = sayBlocker(blocker, about);
    return {
      reason,
      ...(advice !== undefined && { advice: nameProgram(advice, terminal) }),
      ...(until !== undefined && { until }),
    };
  });
}

function headOf(answers: readonly Answer[], dagId: string, { paint }: Terminal): string {
  const [{ instance, runKey }] = answers;
  const of = runKey === undefined ? dagId : `${dagId} in ${runKey}`;
  if (!instance) return paint.bold(runKey === undefined ? dagId : `${runKey} of ${dagId}`);
  const names = answers.map((answer) => nameOf(answer.instance));
  return `${paint.bold(names.join(", "))} of ${of}: ${paintState(instance.state, paint)}`;
}

function nameOf(instance: Answer["instance"]): string {
  if (!instance) return "";
  const { taskId, mapIndex, count } = instance;
  if (mapIndex < 0) return taskId;
  return count === 1 ? `${taskId}[${mapIndex}]` : `${taskId}[${mapIndex}] and ${count - 1} more`;
}

function rowsOf({ instance, runKey, blockers }: Answer, said: readonly Said[], dagId: string): readonly Row[] {
  return said.map(({ reason, advice, until }, index) => ({
    dag_id: dagId,
    run_id: runKey ?? null,
    task_id: instance?.taskId ?? null,
    map_index: instance?.mapIndex ?? null,
    state: instance?.state ?? null,
    instances: instance?.count ?? null,
    blocker: blockers[index].kind,
    reason,
    advice: advice ?? null,
    until: instantOrNull(until),
  }));
}
