import { parseDuration, type Duration, type Log } from "@millrace/core";

const LINE = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) ([\w.$]+): (.*)$/;
const KEPT_LINES = 60;
const MAX_RESULT_CHARS = 1_048_576;

/** Reads what an application says, and tells of it in the log of the task. */
export interface SparkLog {
  readonly take: (line: string, source: "stdout" | "stderr") => void;
  /** Of the application, once it is known. `local[*]` says none. */
  readonly applicationId: () => string | undefined;
  /** The last lines of stderr that were no mere news, with the last ones of stdout: what an error is made of. */
  readonly lastLines: () => readonly string[];
  /** All of stdout; undefined when that was too much to keep. */
  readonly stdout: () => string | undefined;
}

/**
 * Lines of Spark keep their level and go to the source `spark`; what the application prints goes to `stdout`. Of tasks, jobs and micro-batches a line of
 * progress is made, no more often than `every`.
 */
export function createSparkLog(log: Log, every: Duration): SparkLog {
  const spark = log.from("spark");
  const out = log.from("stdout");
  const kept: string[] = [];
  const printed: string[] = [];
  let printedChars = 0;
  let applicationId: string | undefined;
  const progress = createProgress(log, parseDuration(every) / 1_000);
  const keep = (line: string): void => {
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
  };
  const takeError = (line: string): void => {
    const [, level, , message = ""] = LINE.exec(line) ?? [];
    if (level === undefined || level === "WARN" || level === "ERROR" || level === "FATAL") keep(line);
    spark[levelOf(level)](line);
    applicationId ??= /(?:app ID|Submitted application) ((?:app-|application_)[\w-]+)/.exec(message)?.[1];
    progress(line, message);
  };
  return {
    take: (line, source) => {
      if (source === "stderr") return takeError(line);
      out.info(line);
      if (line.trim() !== "") keep(line);
      printedChars += line.length + 1;
      if (printedChars <= MAX_RESULT_CHARS) printed.push(line);
      else printed.length = 0;
    },
    applicationId: () => applicationId,
    lastLines: () => kept,
    stdout: () => (printedChars <= MAX_RESULT_CHARS ? printed.join("\n") : undefined),
  };
}

function levelOf(level: string | undefined): "debug" | "info" | "warn" | "error" {
  switch (level) {
    case "TRACE":
    case "DEBUG":
      return "debug";
    case "WARN":
      return "warn";
    case "ERROR":
    case "FATAL":
      return "error";
    default:
      return "info";
  }
}

type Said = { readonly text: string; readonly fields: Readonly<Record<string, string | number>> };

/** The news that comes while the last line is fresh is held back, and told with the next that is due. */
function createProgress(log: Log, everyMs: number): (line: string, message: string) => void {
  let open: string[] | undefined;
  let saidAt = -Infinity;
  const say = (said: Said | undefined): void => {
    if (said === undefined || performance.now() - saidAt < everyMs) return;
    saidAt = performance.now();
    log.info(said.text, said.fields);
  };
  return (line, message) => {
    if (message.startsWith("Streaming query made progress: {")) open = ["{"];
    else if (open !== undefined) {
      open.push(line);
      if (line !== "}") return;
      say(batchOf(open.join("\n")));
      open = undefined;
    } else say(taskOf(message) ?? jobOf(message));
  };
}

function taskOf(message: string): Said | undefined {
  const found = /^Finished task .* in stage (\d+)\.\d+ .*\((\d+)\/(\d+)\)$/.exec(message);
  if (found === null) return undefined;
  const [stage, done, total] = found.slice(1).map(Number);
  return {
    text: `stage ${stage}: ${done} of ${total} tasks`,
    fields: { stage: stage ?? 0, done: done ?? 0, total: total ?? 0 },
  };
}

function jobOf(message: string): Said | undefined {
  const found = /^Job (\d+) (finished|failed): .*, took ([\d.]+) s$/.exec(message);
  if (found === null) return undefined;
  const [, job, how, seconds] = found;
  return { text: `job ${job} ${how} after ${seconds} s`, fields: { job: Number(job), seconds: Number(seconds) } };
}

function batchOf(json: string): Said | undefined {
  try {
    const { name, id, batchId, numInputRows, processedRowsPerSecond } = JSON.parse(json) as Record<string, unknown>;
    const query = String(name ?? id);
    const rows = Number(numInputRows ?? 0);
    const rate = Math.round(Number(processedRowsPerSecond ?? 0) * 10) / 10;
    const text = `query ${query}: batch ${String(batchId)}, ${rows} rows, ${rate} rows per second`;
    return { text, fields: { query, batch: Number(batchId), rows, rowsPerSecond: rate } };
  } catch {
    return undefined;
  }
}
