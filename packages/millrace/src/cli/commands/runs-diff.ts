import { Option, type Command } from "commander";
import { stringify } from "yaml";
import { compareRuns, type RunsDiff } from "../../run-diff/compare-runs.ts";
import { diffRecord } from "../../run-diff/diff-record.ts";
import { diffSource } from "../../run-diff/diff-source.ts";
import { getNamedRun, readRunNames } from "../../run-diff/find-named-run.ts";
import { readRunSide } from "../../run-diff/read-run-side.ts";
import { StoppedBySignal } from "../hear-stop.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { withDags } from "../open-project.ts";
import { showRunsDiff } from "../output/show-runs-diff.ts";
import { readCount } from "../read-count.ts";
import { printError } from "../run-action.ts";

interface Options {
  readonly dagId?: string;
  readonly output: "table" | "json" | "yaml";
  readonly limit: string;
  readonly source?: true;
}

interface Compared {
  readonly diff: RunsDiff;
  /** Lines, when they were asked for and both versions are kept. */
  readonly source?: readonly string[];
}

/** `millrace runs diff A B`: what differs between two runs. Exit codes as those of `diff`: 0 the same, 1 different, 2 trouble. */
export function makeRunsDiff(shell: Shell): Command {
  return makeCommand("diff", "show what differs between two runs; exit code 0 the same, 1 different, 2 trouble")
    .argument("<a>", "run id, logical date, latest, latest~1 (the one before), or <dag_id>/<run>")
    .argument("<b>", "the same")
    .option("-d, --dag-id <dag_id>", "runs of this DAG")
    .option("--source", "with the lines of the DAG file that differ between the versions")
    .option("--limit <count>", "name so many differences of a value, and instances of a mapped task", "20")
    .addOption(new Option("-o, --output <format>", "how to print").choices(["table", "json", "yaml"]).default("table"))
    .addOption(new Option("--json", "the same as --output json").implies({ output: "json" }))
    .action(
      action(shell, async (context, names: [string, string], options: Options) => {
        try {
          const { diff, source } = await compare(context, names, options);
          print(context, { diff, ...(source && { source }) }, options.output);
          return diff.same ? 0 : 1;
        } catch (error) {
          if (error instanceof StoppedBySignal) throw error;
          context.terminal.status("");
          printError(context.terminal, error, context);
          return 2;
        }
      }),
    );
}

async function compare(context: CommandContext, names: readonly string[], options: Options): Promise<Compared> {
  const limit = readCount("--limit", options.limit, [1, 100_000]);
  const named = readRunNames(names, options.dagId);
  const { dagRunConfOverridesParams } = context.config.core;
  return await withDags(context, [...new Set(named.map(({ dagId }) => dagId))], async (project) => {
    const [a, b] = [await getNamedRun(project, named[0]), await getNamedRun(project, named[1])];
    const left = await readRunSide(project, a, dagRunConfOverridesParams);
    const right = await readRunSide(project, b, dagRunConfOverridesParams);
    const diff = compareRuns(left, right, { places: limit, instances: limit });
    if (!options.source || left.source === undefined || right.source === undefined) return { diff };
    return { diff, source: diffSource(left.source, right.source) };
  });
}

function print({ terminal }: CommandContext, { diff, source }: Compared, output: Options["output"]): void {
  if (output === "json") terminal.print(JSON.stringify(diffRecord(diff, source), undefined, 2));
  else if (output === "yaml") terminal.print(stringify(diffRecord(diff, source)).trimEnd());
  else {
    const { paint } = terminal;
    for (const line of showRunsDiff(diff, paint)) terminal.print(line);
    if (source === undefined) return;
    terminal.print("");
    for (const line of source)
      terminal.print(line.startsWith("-") ? paint.red(line) : line.startsWith("+") ? paint.green(line) : line);
    if (source.length === 0) terminal.print("the DAG file is the same in both versions");
  }
}
