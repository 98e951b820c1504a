import { isLive, isTerminal, type TaskInstanceSummary } from "@millrace/core";
import { readLiveLog, readLog, type LiveLogCursor, type LogLine } from "@millrace/engine";
import type { OpenProject } from "../open-project.ts";
import { showLogLine } from "../output/show-log.ts";
import { labelOf } from "../run-progress.ts";
import type { Terminal } from "../terminal.ts";

/** Where the logs of a run are. */
export interface LogSource extends Pick<OpenProject, "engine" | "queries"> {
  readonly dataFolder: string;
  readonly runId: number;
}

interface Told {
  /** Lines of the try that was looked at last. */
  printed: number;
  tryNumber: number;
  isDone: boolean;
  dispatchId?: string;
  cursor?: LiveLogCursor;
}

/** Prints the logs of a run's tasks while they come, each line behind its task. Nothing while it is off; what was missed comes when it is switched on. */
export class LogFeed {
  readonly #terminal: Terminal;
  readonly #source: LogSource;
  readonly #taskId: string | undefined;
  readonly #told = new Map<string, Told>();
  /** Lines of this look. */
  readonly #found: { readonly at: number; readonly text: string }[] = [];
  #isOn: boolean;

  constructor(options: {
    readonly terminal: Terminal;
    readonly source: LogSource;
    readonly isOn: boolean;
    /** Only the logs of this task. */
    readonly taskId?: string;
  }) {
    this.#terminal = options.terminal;
    this.#source = options.source;
    this.#isOn = options.isOn;
    this.#taskId = options.taskId;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  toggle(): void {
    this.#isOn = !this.#isOn;
  }

  /** Whether all lines of a task's tries have been printed. */
  hasTold(instance: TaskInstanceSummary): boolean {
    return this.#told.get(labelOf(instance))?.isDone === true;
  }

  /** Prints what is new. */
  async look(instances: readonly TaskInstanceSummary[]): Promise<void> {
    if (!this.#isOn) return;
    const wanted = instances.filter(({ taskId, tryNumber }) => tryNumber > 0 && (this.#taskId ?? taskId) === taskId);
    const live = wanted.filter(({ state }) => isLive(state));
    const rows = live.length === 0 ? undefined : await this.#source.engine.loadRun(this.#source.runId);
    for (const instance of wanted) {
      const told = this.#toldOf(instance);
      await this.#tellEnded(instance, told);
      if (!isLive(instance.state)) continue;
      const row = rows?.instances.find(
        ({ taskId, mapIndex }) => taskId === instance.taskId && mapIndex === instance.mapIndex,
      );
      if (row?.dispatchId !== undefined && row.tryNumber === told.tryNumber)
        await this.#tellLive(instance, told, row.dispatchId);
    }
    // Tasks side by side are read one after the other; their lines are printed in the order in which they were written.
    for (const { text } of this.#found.splice(0).sort((a, b) => a.at - b.at)) this.#terminal.say(text);
  }

  #toldOf(instance: TaskInstanceSummary): Told {
    const label = labelOf(instance);
    const known = this.#told.get(label);
    if (known) return known;
    const told = { printed: 0, tryNumber: 1, isDone: false };
    this.#told.set(label, told);
    return told;
  }

  /** Tries before the present one, and that one when it does not run. */
  async #tellEnded(instance: TaskInstanceSummary, told: Told): Promise<void> {
    const { state, tryNumber } = instance;
    while (!told.isDone && (told.tryNumber < tryNumber || !isLive(state))) {
      const lines = await this.#stored(instance, told.tryNumber);
      this.#find(instance, told, lines.slice(told.printed));
      if (told.tryNumber === tryNumber) {
        told.printed = Math.max(told.printed, lines.length);
        told.isDone = isTerminal(state);
        return;
      }
      told.tryNumber += 1;
      told.printed = 0;
    }
  }

  async #stored({ taskId, mapIndex }: TaskInstanceSummary, tryNumber: number): Promise<readonly LogLine[]> {
    const { queries, dataFolder, runId } = this.#source;
    const refs = await queries.readLogRefs({ runId, taskId, mapIndex }, tryNumber);
    return (await Promise.all(refs.map((log) => readLog({ dataFolder, log })))).flat();
  }

  async #tellLive(instance: TaskInstanceSummary, told: Told, dispatchId: string): Promise<void> {
    if (told.dispatchId !== dispatchId) {
      told.dispatchId = dispatchId;
      delete told.cursor;
    }
    const { lines, cursor } = await readLiveLog({
      dataFolder: this.#source.dataFolder,
      dispatchId,
      ...(told.cursor && { cursor: told.cursor }),
    });
    if (cursor) told.cursor = cursor;
    this.#find(instance, told, lines);
    told.printed += lines.length;
  }

  #find(instance: TaskInstanceSummary, { tryNumber }: Told, lines: readonly LogLine[]): void {
    const paint = this.#terminal.paintTalk;
    const label = `${labelOf(instance)}${tryNumber > 1 ? ` try ${tryNumber}` : ""}`;
    for (const line of lines)
      this.#found.push({ at: line.ts, text: `${paint.bold(label)} ${paint.dim("│")} ${showLogLine(line, paint)}` });
  }
}
