import { operator, type Args, type Operator, type OperatorFactory, type Context } from "@millrace/core";
import { PROCESS_PROPERTIES, type ProcessOptions } from "./subprocess/process-options.ts";
import { runToResult } from "./subprocess/run-to-result.ts";

/** Options of {@link bash}. */
export interface BashOptions extends ProcessOptions {
  /** A text for the shell, or a program and its arguments, which no shell touches. */
  readonly command: string | readonly string[];
  /** Which shell reads a text. Default `bash`. */
  readonly shell?: string;
  /** What the process reads. Default nothing. */
  readonly stdin?: string;
}

/** {@link bash}: what its result is depends on the option `result`. */
export interface BashFactory {
  (options: Args<BashOptions> & { readonly result?: "lastLine" }): Operator<string>;
  <T = unknown>(options: Args<BashOptions> & { readonly result: "json" }): Operator<T>;
  (options: Args<BashOptions> & { readonly result: "none" }): Operator<undefined>;
  readonly spec: OperatorFactory<BashOptions, unknown>["spec"];
}

/**
 * Runs a shell command, or a program with arguments; its lines go to the log as they come.
 *
 * The process is told of the run by `MILLRACE_DAG_ID`, `MILLRACE_RUN_ID`, `MILLRACE_TASK_ID`, `MILLRACE_MAP_INDEX`, `MILLRACE_TRY_NUMBER`,
 * `MILLRACE_TRY_ID`, `MILLRACE_LOGICAL_DATE`, `MILLRACE_DATA_INTERVAL_START` and `_END`. When it has to end (timeout, stop, clear), it and all that it
 * has started get SIGTERM, and SIGKILL after the grace. What it leaves behind when it ends by itself is killed.
 *
 * @returns the last line of its output, or JSON with `result: "json"`.
 * @throws MillraceError TASK_FAILED for an exit code other than 0, TIMEOUT, BAD_ARGUMENT when it cannot be started, NOT_STORABLE when the result is
 *   no JSON. Exit codes may also mean skip (99) or "no other try".
 * @example bash({ command: "wc -l < /data/{{ ds }}.csv", timeout: "5m" })
 */
export const bash = operator({
  name: "BashOperator",
  color: "#f0ede4",
  doc: [
    "Runs a shell command (a text) or a program with arguments (a list, which no shell touches). A text that is one word ending with `.sh` or `.bash` names a",
    "file with the command, which is a template, beside the DAG file (`templateSearchpath`). Its lines go to the log as they come. The process is",
    "told of the run by `MILLRACE_DAG_ID`, `MILLRACE_RUN_ID`, `MILLRACE_TASK_ID`, `MILLRACE_MAP_INDEX`, `MILLRACE_TRY_NUMBER`, `MILLRACE_TRY_ID`,",
    "`MILLRACE_LOGICAL_DATE`, `MILLRACE_DATA_INTERVAL_START` and `MILLRACE_DATA_INTERVAL_END`.",
    "",
    '**Result**: the last line of its output; JSON with `result: "json"`. **Ends**: on a timeout, stop or clear, the process and all that it has started get',
    "SIGTERM, and SIGKILL after the grace; what it leaves behind when it ends by itself is killed. **Fails** with `TASK_FAILED` for any exit code but 0, which",
    'may also mean skip (99) or "no other try"; with `TIMEOUT`; with `BAD_ARGUMENT` when it cannot be started. A retry runs it again from its start: make it',
    "repeatable. Text that came from elsewhere belongs into `env` or a list, never into the text of a shell command.",
  ].join("\n"),
  templated: ["command", "env", "cwd", "stdin"],
  templateExt: [".sh", ".bash"],
  schema: {
    type: "object",
    required: ["command"],
    additionalProperties: false,
    properties: {
      command: {
        anyOf: [
          { type: "string", minLength: 1 },
          { type: "array", items: { type: "string" }, minItems: 1 },
        ],
        description: "A text for the shell, or a program and its arguments.",
      },
      shell: { type: "string", minLength: 1, default: "bash", description: "Which shell reads a text, by `-c`." },
      stdin: { type: "string", description: "What the process reads. Default nothing." },
      ...PROCESS_PROPERTIES,
    },
  },
  run: async (options: BashOptions, ctx: Context): Promise<unknown> =>
    await runToResult(options, ctx, async () => ({
      ...programOf(options),
      ...(options.stdin !== undefined && { stdin: options.stdin }),
    })),
}) as BashFactory;

function programOf({ command, shell = "bash" }: BashOptions): {
  readonly file: string;
  readonly args: readonly string[];
} {
  if (typeof command === "string") return { file: shell, args: ["-c", command] };
  const [file, ...args] = command;
  return { file, args };
}
