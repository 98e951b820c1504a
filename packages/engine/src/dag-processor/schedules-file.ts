// Schedules that operators write for all DAGs in one file. Nothing here runs user code: what the file means is decided by `parse`, and DAGs get their
// schedules after they were loaded, so that a change of the file loads nothing again.
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  checkParamDefinitions,
  overrideSchedule,
  type FoundDag,
  type FoundFile,
  type ImportError,
  type Schedule,
  type ScheduleOverride,
} from "@millrace/core";
import { importError } from "./import-error.ts";

/** DAG ids that stand for `name` in the file: what people call `x` is often the DAG `x_job`. */
const JOB_ENDING = "_job";

/** What a schedules file says of one DAG. */
export interface ScheduleEntry {
  /** The DAG's id, or what stands before `_job` in it. */
  readonly name: string;
  /** Absent: the DAG has no schedule. */
  readonly cron?: { readonly expression: string; readonly zone: string };
  /** Whether the DAG is paused when it appears for the first time. Absent: as its own file says. */
  readonly isPausedAtFirst?: boolean;
  readonly line: number;
  readonly column: number;
}

/** A mistake in a schedules file; line and column count from 1. */
export interface ScheduleFault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** What a schedules file says, or what is wrong with it. */
export type ScheduleEntries =
  | { readonly ok: true; readonly entries: readonly ScheduleEntry[] }
  | { readonly ok: false; readonly faults: readonly ScheduleFault[] };

/** Where schedules are written, and how to read them. */
export interface SchedulesSource {
  /** Absolute. */
  readonly file: string;
  /** How people name the file; it becomes part of the versions. */
  readonly name: string;
  readonly parse: (text: string) => ScheduleEntries;
  /** Says that there is no such file. */
  readonly missing: string;
  /** Names that somebody may have meant, as a sentence. */
  readonly didYouMean: (name: string, names: readonly string[]) => string | undefined;
}

/** What the schedules of a project are applied to. */
export interface ScheduledFiles {
  readonly found: readonly FoundFile[];
  /** False while DAG files are missing in `found`: a name that no DAG has may be one of theirs. */
  readonly isComplete: boolean;
}

interface Given {
  readonly entry: ScheduleEntry | undefined;
  readonly isStopped: boolean;
}

/** Gives DAGs the schedules of a file. While the file is wrong, the last good ones hold, over restarts too. */
export class SchedulesFile {
  readonly #source: SchedulesSource;
  readonly #keptIn: string;
  /** The text of the file, or why there is none, as it was read last. */
  #seen: string | undefined;
  #entries = new Map<string, ScheduleEntry>();
  /** There is no good file and never was one: no DAG follows the clock. */
  #isUnknown = false;
  #errors: readonly ImportError[] = [];
  #made = new WeakMap<FoundFile, { readonly given: readonly Given[]; readonly file: FoundFile }>();

  /** @param dataFolder keeps the last good file. */
  constructor(source: SchedulesSource, dataFolder: string) {
    this.#source = source;
    this.#keptIn = join(dataFolder, "last-good-schedules.json");
  }

  get path(): string {
    return this.#source.file;
  }

  /** The DAG files with the schedules as the file says now; the last one is the schedules file itself when it has errors. */
  async apply({ found, isComplete }: ScheduledFiles): Promise<readonly FoundFile[]> {
    await this.#read();
    const dagIds = new Set(found.flatMap(({ dags }) => dags.map(({ dagId }) => dagId)));
    const used = new Set<ScheduleEntry>();
    const refused = new Map<ScheduleEntry, string>();
    const scheduled = found.map((file) => this.#applyTo(file, { dagIds, used, refused }));
    const unknown = isComplete ? [...this.#entries.values()].filter((entry) => !used.has(entry)) : [];
    const hasBroken = found.some(({ errors }) => errors.length > 0);
    const errors = await Promise.all([
      ...unknown.map((entry) => this.#errorAt(entry, this.#unknownName(entry.name, [...dagIds], hasBroken))),
      ...[...refused].map(([entry, why]) => this.#errorAt(entry, `schedules.${entry.name}: ${why}`)),
    ]);
    const all = [...this.#errors, ...errors];
    return all.length === 0 ? scheduled : [...scheduled, { file: this.path, dags: [], errors: all }];
  }

  #applyTo(
    file: FoundFile,
    facts: {
      readonly dagIds: ReadonlySet<string>;
      readonly used: Set<ScheduleEntry>;
      readonly refused: Map<ScheduleEntry, string>;
    },
  ): FoundFile {
    const given = file.dags.map(({ dagId, graph }): Given => {
      const entry = this.#entryOf(dagId, facts.dagIds);
      if (entry === undefined) return { entry, isStopped: this.#isUnknown && isByTheClock(graph.dag.schedule) };
      facts.used.add(entry);
      const why = entry.cron && paramFault(graph.dag.params);
      if (why === undefined) return { entry, isStopped: false };
      facts.refused.set(entry, why);
      return { entry: undefined, isStopped: false };
    });
    const before = this.#made.get(file);
    if (before?.given.every((each, index) => isSameGiven(each, given[index]))) return before.file;
    const isTouched = given.some(({ entry, isStopped }) => entry !== undefined || isStopped);
    const made = isTouched
      ? { ...file, dags: file.dags.map((dag, index) => this.#withSchedule(dag, given[index])) }
      : file;
    this.#made.set(file, { given, file: made });
    return made;
  }

  #entryOf(dagId: string, dagIds: ReadonlySet<string>): ScheduleEntry | undefined {
    const own = this.#entries.get(dagId);
    if (own !== undefined || !dagId.endsWith(JOB_ENDING)) return own;
    const short = dagId.slice(0, -JOB_ENDING.length);
    return dagIds.has(short) ? undefined : this.#entries.get(short);
  }

  #withSchedule(dag: FoundDag, { entry, isStopped }: Given): FoundDag {
    if (entry === undefined && !isStopped) return dag;
    const schedule = scheduleOf(entry, dag.graph.dag.schedule);
    const override: ScheduleOverride = {
      from: this.#source.name,
      schedule,
      ...(entry?.isPausedAtFirst !== undefined && { pausedUponCreation: entry.isPausedAtFirst }),
    };
    const graph = overrideSchedule(dag.graph, override);
    const { customTimes: _, ...kept } = dag;
    return { ...kept, graph, graphHash: createHash("sha256").update(JSON.stringify(graph)).digest("hex") };
  }

  async #read(): Promise<void> {
    const { text, why } = this.#readText();
    const seen = text ?? why;
    if (seen === this.#seen) return;
    this.#seen = seen;
    const parsed: ScheduleEntries =
      text === undefined ? { ok: false, faults: [{ message: why }] } : this.#source.parse(text);
    if (parsed.ok) {
      this.#use(parsed.entries);
      this.#errors = [];
      this.#keep(text ?? "");
      return;
    }
    const last = this.#lastGood();
    if (last !== undefined) this.#use(last);
    this.#isUnknown = last === undefined;
    const until =
      last === undefined
        ? "no DAG follows the clock until it can be read"
        : "the schedules of before hold until it can be read";
    this.#errors = await Promise.all(parsed.faults.map((fault) => this.#errorAt(fault, `${fault.message}; ${until}`)));
  }

  #readText(): { readonly text: string; readonly why?: never } | { readonly text?: never; readonly why: string } {
    try {
      return { text: readFileSync(this.path, "utf8") };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isGone = code === "ENOENT" || code === "ENOTDIR";
      return { why: isGone ? this.#source.missing : `it cannot be read: ${message}` };
    }
  }

  #use(entries: readonly ScheduleEntry[]): void {
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.#isUnknown = false;
  }

  #keep(text: string): void {
    const half = `${this.#keptIn}.${randomUUID()}.half`;
    try {
      mkdirSync(dirname(half), { recursive: true });
      writeFileSync(half, JSON.stringify({ file: this.path, text }));
      renameSync(half, this.#keptIn);
    } catch {
      // A full or read-only disk must not keep DAGs from being loaded.
      rmSync(half, { force: true });
    }
  }

  #lastGood(): readonly ScheduleEntry[] | undefined {
    try {
      const { file, text } = JSON.parse(readFileSync(this.#keptIn, "utf8")) as { file: string; text: string };
      const parsed = file === this.path ? this.#source.parse(text) : undefined;
      return parsed?.ok ? parsed.entries : undefined;
    } catch {
      // Never written, or for a Millrace that read it otherwise.
      return undefined;
    }
  }

  async #errorAt({ line, column }: Pick<ScheduleFault, "line" | "column">, message: string): Promise<ImportError> {
    const at = line === undefined ? undefined : { file: this.path, line, column: column ?? 1 };
    return await importError(this.path, { message, ...(at && { at }) });
  }

  #unknownName(name: string, dagIds: readonly string[], hasBroken: boolean): string {
    const near = this.#source.didYouMean(name, dagIds);
    return [
      `schedules.${name}: there is no DAG ${name} and no DAG ${name}${JOB_ENDING}`,
      hasBroken ? ", or its file cannot be loaded" : "",
      near === undefined ? "" : `. ${near}`,
    ].join("");
  }
}

/** A schedule with data intervals keeps them; any other becomes one of cron ticks. */
function scheduleOf(entry: ScheduleEntry | undefined, own: Schedule): Schedule {
  if (entry?.cron === undefined) return { kind: "none" };
  if (own.kind === "cron") return { kind: "cron", ...entry.cron };
  const interval = own.kind === "cronTrigger" ? own.intervalMicros : undefined;
  return { kind: "cronTrigger", ...entry.cron, ...(interval !== undefined && { intervalMicros: interval }) };
}

function isByTheClock({ kind }: Schedule): boolean {
  return kind !== "none" && kind !== "assets";
}

/** Nobody is there to give values to the runs of a schedule. */
function paramFault(params: FoundDag["graph"]["dag"]["params"]): string | undefined {
  try {
    checkParamDefinitions(params, { isScheduled: true });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function isSameGiven(one: Given, other: Given): boolean {
  return one.entry === other.entry && one.isStopped === other.isStopped;
}
