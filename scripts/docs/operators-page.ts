import { describeProvider } from "@millrace/core";
import { provider } from "@millrace/provider-standard/provider";
import { GENERATED } from "./markdown.ts";
import { operatorLines, regionOf } from "./operator-lines.ts";

const EXAMPLES = "examples/standard-operators.dag.ts";

/** `docs/reference/operators.md`: every standard operator, from its spec and from the example that is type-checked and built. */
export function operatorsPage(): string {
  const { operators } = describeProvider(provider);
  return [
    "# Operators",
    "",
    GENERATED,
    "",
    ...INTRODUCTION,
    ...operators.flatMap((operator) => operatorLines(operator, regionOf(EXAMPLES, operator.name))),
    "",
  ].join("\n");
}

const INTRODUCTION: readonly string[] = [
  "An operator is a function from typed options to the body of a task. It stands where a function could stand, as the last argument of `task`, `map`, `branch`,",
  "`shortCircuit`, `setup` and `teardown`; a sensor stands in `sensor`. All of them come from `millrace`.",
  "",
  "Every option also takes a task's result (which makes the edge), a `variable`, a `connection`, a param, an `item` of a mapped task, or a `template`. Texts in",
  "options marked *Template* are Jinja templates by themselves, also inside lists and records; names that are not defined are errors. Options are checked when",
  "the task starts, after all that has been filled in.",
  "",
  "## The verbs of a DAG",
  "",
  "What needs no operator, because a function says it:",
  "",
  "| Verb | What it is | In Airflow |",
  "|---|---|---|",
  '| `task("id", (input, ctx) => …)` | A function. | `PythonOperator`, `@task` |',
  '| `map("id", { each }, …)` | One instance per element. | `.expand()` |',
  '| `branch("id", …)` | Returns a key, several, or null; tasks say `after: [route.on("key")]`. | `BranchPythonOperator`, `@task.branch` |',
  '| `shortCircuit("id", …)` | A falsy result skips what is downstream. | `ShortCircuitOperator` |',
  '| `latestOnly("id")` | Skips its direct downstream in runs that are not the latest. | `LatestOnlyOperator` |',
  '| `sensor("id", { timeout }, …)` | Looks until it finds something; holds no slot in the modes `defer` and `reschedule`. | `PythonSensor`, `@task.sensor` |',
  '| `empty("id")` | Nothing, to join edges; needs no worker. | `EmptyOperator` |',
  "| `setup`, `teardown` | Make something, and clean it up whatever happened between. | `@setup`, `@teardown` |",
  '| `group("id", …)`, `mapGroup("id", { each }, …)` | Tasks that belong together. | `TaskGroup` |',
  "",
  "A body ends its task in other ways by `skip()`, `throw new Permanent(…)` (no other try), `throw new RetryAfter(…)`, and waits without a slot by `defer(…)`.",
  "",
  "## An operator of your own",
  "",
  "One in a DAG file has types, templates, a checked schema and documentation as those below: [`examples/operator.dag.ts`](../../examples/operator.dag.ts). It may",
  "use the ones below by their `spec.run(options, ctx)`. What it gets in `ctx.dags` starts other DAGs and looks at them; `ctx.tryId` is the key for outside systems.",
];
