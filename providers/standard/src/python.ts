import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MillraceError, operator, type Args, type Context, type Operator, type OperatorFactory } from "@millrace/core";
import { PROCESS_PROPERTIES, type ProcessOptions } from "./subprocess/process-options.ts";
import { runToResult } from "./subprocess/run-to-result.ts";

/** Options of {@link python}. */
export interface PythonOptions extends ProcessOptions {
  /** A script file, relative to `cwd`. Either this or `source`. */
  readonly script?: string;
  /** Python source; what all its lines are indented by is taken away. */
  readonly source?: string;
  /** Arguments, `sys.argv[1:]`. */
  readonly args?: readonly string[];
  /** Any JSON, which the script reads from stdin: `json.load(sys.stdin)`. */
  readonly input?: unknown;
  /** Default `python3`; for example the one of a virtual environment. */
  readonly interpreter?: string;
}

/** {@link python}: what its result is depends on the option `result`. */
export interface PythonFactory {
  (options: Args<PythonOptions> & { readonly result?: "lastLine" }): Operator<string>;
  <T = unknown>(options: Args<PythonOptions> & { readonly result: "json" }): Operator<T>;
  (options: Args<PythonOptions> & { readonly result: "none" }): Operator<undefined>;
  readonly spec: OperatorFactory<PythonOptions, unknown>["spec"];
}

/**
 * Runs a Python script, so that existing ones keep working. Its environment, limits, exit codes and end are those of `bash`.
 *
 * @returns the last line of its output; with `result: "json"` what it wrote to the file named in `MILLRACE_RESULT_FILE`, or printed as JSON.
 * @throws as `bash` does; MillraceError BAD_ARGUMENT unless exactly one of `script` and `source` is given.
 * @example python({ script: "scripts/load.py", args: ["--day", "{{ ds }}"], result: "json" })
 */
export const python = operator({
  name: "PythonScriptOperator",
  color: "#ffefeb",
  doc: [
    "Runs a Python script file, or Python source, with an interpreter of this machine. Environment, limits, exit codes and how it is ended are those of `bash`;",
    "output is not buffered. `input` arrives as JSON on stdin: `json.load(sys.stdin)`.",
    "",
    '**Result**: with `result: "json"` what it wrote to the file named in `MILLRACE_RESULT_FILE`',
    '(`json.dump(value, open(os.environ["MILLRACE_RESULT_FILE"], "w"))`), or else what it printed; otherwise its last line. An uncaught exception fails the',
    "try with the last lines of the traceback in the error.",
  ].join("\n"),
  templated: ["script", "args", "env", "cwd", "interpreter"],
  schema: {
    type: "object",
    additionalProperties: false,
    properties: {
      script: {
        type: "string",
        minLength: 1,
        description: "A script file, relative to `cwd`. Either this or `source`.",
      },
      source: {
        type: "string",
        minLength: 1,
        description:
          "Python source. What all its lines are indented by is taken away. It is no template: use `args`, `env` or `input`.",
      },
      args: { type: "array", items: { type: "string" }, description: "Arguments, `sys.argv[1:]`." },
      input: { description: "Any JSON, which the script reads from stdin." },
      interpreter: {
        type: "string",
        minLength: 1,
        default: "python3",
        description: "For example `venv/bin/python`.",
      },
      ...PROCESS_PROPERTIES,
    },
  },
  run: async (options: PythonOptions, ctx: Context): Promise<unknown> => {
    const { script, source, args = [], input, interpreter = "python3" } = options;
    if ((script === undefined) === (source === undefined))
      throw new MillraceError("BAD_ARGUMENT", "python needs either script (a file) or source (its text)");
    return await runToResult(options, ctx, async (folder) => ({
      file: interpreter,
      args: ["-u", script ?? (await writeSource(folder, source as string)), ...args],
      ...(input !== undefined && { stdin: JSON.stringify(input) }),
    }));
  },
}) as PythonFactory;

async function writeSource(folder: string, source: string): Promise<string> {
  const file = join(folder, "task.py");
  await writeFile(file, dedent(source));
  return file;
}

/** Takes away what all lines that are not blank begin with, so that source can be indented as the file around it. */
function dedent(source: string): string {
  const lines = source.split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)?.[0] ?? "");
  const shared = indents.reduce((common, indent) => {
    let same = 0;
    while (same < Math.min(common.length, indent.length) && common[same] === indent[same]) same += 1;
    return common.slice(0, same);
  }, indents[0] ?? "");
  return lines.map((line) => (line.startsWith(shared) ? line.slice(shared.length) : line.trimStart())).join("\n");
}
