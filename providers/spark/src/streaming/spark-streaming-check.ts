import {
  formatDuration,
  MillraceError,
  operator,
  parseDuration,
  parseInstant,
  type Context,
  type Duration,
} from "@millrace/core";
import { readDriver } from "./read-driver.ts";
import { readProgressFile } from "./read-progress-file.ts";
import type { StreamingQuery } from "./streaming-query.ts";

/** Options of {@link sparkStreamingCheck}. One of `driver` and `progressFile` says where to look. */
export interface SparkStreamingCheckOptions {
  /** Address of the driver's pages, for example `http://driver:4040`. */
  readonly driver?: string;
  /** A file that a listener in the job writes, or several. */
  readonly progressFile?: string | readonly string[];
  /** Names of the queries that must be there. Default: all that are found, and at least one. */
  readonly queries?: readonly string[];
  /** The last progress must be younger. Default `10m`. */
  readonly maxAge?: Duration;
  /** The least rate of input. Default none: a source may be quiet. */
  readonly minInputRowsPerSecond?: number;
  /** Whether queries that have ended are fine, when they ended without an error. Default false. */
  readonly mayHaveEnded?: boolean;
}

/** A query that was looked at. */
export interface CheckedQuery extends StreamingQuery {
  /** Since the last progress. */
  readonly ageSeconds?: number;
}

const LISTENER = [
  "```python",
  "class ProgressFile(StreamingQueryListener):",
  "    def write(self, **event):",
  '        with open(path, "a") as file:',
  '            file.write(json.dumps(event) + "\\n")',
  "    def onQueryStarted(self, e):",
  '        self.write(event="started", id=str(e.id), runId=str(e.runId), name=e.name, timestamp=e.timestamp)',
  "    def onQueryProgress(self, e):",
  '        self.write(event="progress", progress=json.loads(e.progress.json))',
  "    def onQueryIdle(self, e):",
  '        self.write(event="idle", id=str(e.id), runId=str(e.runId), timestamp=e.timestamp)',
  "    def onQueryTerminated(self, e):",
  '        self.write(event="terminated", id=str(e.id), runId=str(e.runId), exception=e.exception)',
  "```",
].join("\n");

/**
 * Checks that queries of Spark Structured Streaming are active, and that their last progress is not too old.
 *
 * @returns the queries with last batch, last progress and rates.
 * @throws MillraceError TASK_FAILED that names each query that is missing, ended, failed, late or slow; UNREACHABLE, TIMEOUT.
 * @example sparkStreamingCheck({ progressFile: "/data/progress/bronze.jsonl", queries: ["bronze"], maxAge: "5m" })
 */
export const sparkStreamingCheck = operator({
  name: "SparkStreamingCheckOperator",
  color: "#ffa500",
  doc: [
    "Checks that queries of Spark Structured Streaming are active, that their last progress is not older than `maxAge`, and how fast they are. Spark 3.5 has no",
    "REST for such queries, so there are two ways to see them:",
    "",
    "- `driver`, the pages of the driver: the last batch and its time come from the jobs that Spark keeps (`/api/v1`), rates and whether a query is active from",
    "  its metrics (`/metrics/json`), when the job sets `spark.sql.streaming.metricsEnabled`. A query whose source is quiet runs no jobs, and looks old.",
    "- `progressFile`, a file that a listener in the job appends a line of JSON to for each event. It tells of quiet queries and of errors too:",
    "",
    LISTENER,
    "",
    "**Result**: `[{ name, id, runId, isActive, batchId, lastProgress, ageSeconds, inputRowsPerSecond, processedRowsPerSecond, error }]`. **Fails** with",
    "`TASK_FAILED` that names each query that is missing, has ended or failed, is late or slow; with `UNREACHABLE` when the driver does not answer. It changes",
    "nothing, so a retry is harmless.",
  ].join("\n"),
  templated: ["driver", "progressFile", "queries"],
  schema: {
    type: "object",
    additionalProperties: false,
    oneOf: [{ required: ["driver"] }, { required: ["progressFile"] }],
    properties: {
      driver: { type: "string", minLength: 1, description: "Address of the driver's pages: `http://driver:4040`." },
      progressFile: {
        anyOf: [
          { type: "string", minLength: 1 },
          { type: "array", items: { type: "string" }, minItems: 1 },
        ],
        description: "A file that a listener in the job writes, or several.",
      },
      queries: {
        type: "array",
        items: { type: "string" },
        description: "Names of queries that must be there. Default: all that are found, and at least one.",
      },
      maxAge: { type: "string", default: "10m", description: "The last progress must be younger." },
      minInputRowsPerSecond: { type: "number", minimum: 0, description: "The least rate of input. Default none." },
      mayHaveEnded: {
        type: "boolean",
        default: false,
        description: "Whether queries that have ended without an error are fine.",
      },
    },
  },
  run: async (options: SparkStreamingCheckOptions, ctx: Context): Promise<readonly CheckedQuery[]> => {
    const queries = (await find(options, ctx)).map((query) => withAge(query, ctx));
    const asked = options.queries ?? queries.map(({ name }) => name);
    const checked = queries.filter(({ name }) => asked.includes(name));
    for (const query of checked) ctx.log.info(describe(query), { ...query });
    const wrong = [
      ...(asked.length === 0 ? ["there is no query"] : []),
      ...asked.filter((name) => !checked.some((query) => query.name === name)).map((name) => `${name} is not there`),
      ...checked.flatMap((query) => complaintsOf(query, options)),
    ];
    if (wrong.length > 0) throw new MillraceError("TASK_FAILED", `streaming queries: ${wrong.join("; ")}`);
    return checked;
  },
});

async function find(
  { driver, progressFile = [] }: SparkStreamingCheckOptions,
  ctx: Context,
): Promise<readonly StreamingQuery[]> {
  if (driver !== undefined) return await readDriver(driver, ctx);
  const files = typeof progressFile === "string" ? [progressFile] : progressFile;
  return (await Promise.all(files.map(readProgressFile))).flat();
}

function withAge(query: StreamingQuery, ctx: Context): CheckedQuery {
  if (query.lastProgress === undefined) return query;
  const age = (parseInstant(ctx.now()) - parseInstant(query.lastProgress)) / 1_000_000;
  return { ...query, ageSeconds: Math.max(0, Math.round(age)) };
}

function complaintsOf(query: CheckedQuery, options: SparkStreamingCheckOptions): readonly string[] {
  const { name, isActive, error, ageSeconds, inputRowsPerSecond } = query;
  const { maxAge = "10m", minInputRowsPerSecond, mayHaveEnded = false } = options;
  if (error !== undefined) return [`${name} has failed: ${error}`];
  if (isActive === false) return mayHaveEnded ? [] : [`${name} has ended`];
  if (ageSeconds === undefined) return [`${name} has made no progress yet`];
  const limit = parseDuration(maxAge) / 1_000_000;
  return [
    ...(ageSeconds > limit
      ? [`${name} made its last progress ${ageSeconds} s ago (at most ${formatDuration(parseDuration(maxAge))})`]
      : []),
    ...(minInputRowsPerSecond !== undefined && (inputRowsPerSecond ?? 0) < minInputRowsPerSecond
      ? [`${name} gets ${inputRowsPerSecond ?? "unknown"} rows per second (at least ${minInputRowsPerSecond})`]
      : []),
  ];
}

function describe({ name, batchId, ageSeconds, inputRowsPerSecond, processedRowsPerSecond }: CheckedQuery): string {
  const rates =
    processedRowsPerSecond === undefined
      ? ""
      : `, ${inputRowsPerSecond ?? 0} rows per second in, ${processedRowsPerSecond} processed`;
  return `query ${name}: batch ${batchId ?? "none"}, last progress ${ageSeconds ?? "?"} s ago${rates}`;
}
