import type { DagDefinition } from "@millrace/core";
import { isDeepStrictEqual } from "node:util";
import type { DagRunResult } from "./run-result.ts";
import { testDag } from "./test-dag.ts";
import type { TestDagOptions } from "./test-options.ts";

/** Where a process has died. */
export interface CrashPoint {
  /** Counted from 1. */
  readonly commit: number;
  /** before: what had run since the last commit is lost and runs again. after: what the commit decided is found in the rows. */
  readonly when: "before" | "after";
}

/** What was tried. */
export interface CrashReport {
  /** The run that nothing has disturbed. */
  readonly undisturbed: DagRunResult;
  /** One run for each point. */
  readonly runs: readonly { readonly crash: CrashPoint; readonly run: DagRunResult }[];
}

/** Options of a run, or a function that makes them anew for each run: for fakes that remember. */
export type CrashOptions = Omit<TestDagOptions, "crashAt">;

const MOST_SHOWN = 10;

/**
 * Runs a DAG once undisturbed, then once for each commit and side of it, with a process that dies there and goes on from the rows.
 *
 * @param check looks at the world outside after each run, the undisturbed one too (without a crash then): what a body writes must be right even
 *   though it ran twice. What it throws is reported with the place of the crash.
 * @throws Error naming each crash after which a state, a result, a pushed value or an updated asset is another than undisturbed.
 */
export async function crashAtEveryCommit(
  dag: DagDefinition,
  options: CrashOptions | (() => CrashOptions) = {},
  check?: (run: DagRunResult, crash?: CrashPoint) => unknown,
): Promise<CrashReport> {
  const fresh = typeof options === "function" ? options : () => options;
  const undisturbed = await testDag(dag, fresh());
  await check?.(undisturbed);
  const expected = outcomeOf(undisturbed);
  const runs: { readonly crash: CrashPoint; readonly run: DagRunResult }[] = [];
  const faults: string[] = [];
  for (let commit = 1; commit <= undisturbed.commits; commit += 1) {
    for (const when of ["before", "after"] as const) {
      const crash = { commit, when };
      const run = await testDag(dag, { ...fresh(), crashAt: crash });
      runs.push({ crash, run });
      const found = differences(expected, outcomeOf(run));
      const thrown = check === undefined ? undefined : await messageOf(async () => check(run, crash));
      for (const fault of [...found, ...(thrown === undefined ? [] : [thrown])])
        faults.push(`a crash ${when} commit ${commit} of ${undisturbed.commits}: ${fault}`);
    }
  }
  if (faults.length === 0) return { undisturbed, runs };
  const rest = faults.length > MOST_SHOWN ? `\n… and ${faults.length - MOST_SHOWN} more` : "";
  throw new Error(`${dag.dagId} does not survive every crash:\n${faults.slice(0, MOST_SHOWN).join("\n")}${rest}`);
}

/** What must not depend on crashes, by a name that people read. Tries and times may. */
function outcomeOf(run: DagRunResult): ReadonlyMap<string, unknown> {
  const outcome = new Map<string, unknown>([["the run", run.state]]);
  for (const { taskId, mapIndex, state, result, xcoms } of run.instances) {
    const name = `${taskId}${mapIndex < 0 ? "" : `[${mapIndex}]`}`;
    outcome.set(name, state);
    outcome.set(`the result of ${name}`, result);
    for (const [key, value] of Object.entries(xcoms)) outcome.set(`what ${name} pushed as ${key}`, value);
  }
  for (const { uri, taskId, mapIndex, extra } of run.assets)
    outcome.set(`the update of ${uri} by ${taskId}${mapIndex < 0 ? "" : `[${mapIndex}]`}`, extra);
  for (const other of run.otherRuns) outcome.set(`the run of ${other.dagId} (${other.runId})`, other.state);
  return outcome;
}

function differences(expected: ReadonlyMap<string, unknown>, found: ReadonlyMap<string, unknown>): readonly string[] {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(expected.get(name), found.get(name)))
    .map((name) => `${name} is ${show(found.get(name))}, not ${show(expected.get(name))}`);
}

function show(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

async function messageOf(check: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
