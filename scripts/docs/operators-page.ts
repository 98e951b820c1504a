import { readFileSync } from "node:fs";
import path from "node:path";
import type { AnyOperatorSpec } from "@millrace/core";
import * as standard from "@millrace/provider-standard";
import { GENERATED, tableRow } from "./markdown.ts";

const EXAMPLES = "examples/standard-operators.dag.ts";
const ROOT = path.resolve(import.meta.dirname, "../..");

interface Property {
  readonly description?: string;
  readonly default?: unknown;
}

/** `docs/reference/operators.md`: every standard operator, from its spec and from the example that is type-checked and built. */
export function operatorsPage(): string {
  const example = readFileSync(path.join(ROOT, EXAMPLES), "utf8");
  const operators = Object.entries(standard).flatMap(([name, value]) =>
    "spec" in value ? [[name, value.spec as AnyOperatorSpec] as const] : [],
  );
  return [
    "# Operators",
    "",
    GENERATED,
    "",
    ...INTRODUCTION,
    ...operators.flatMap(([name, spec]) => operatorLines(name, spec, regionOf(example, name))),
    "",
  ].join("\n");
}

function operatorLines(name: string, spec: AnyOperatorSpec, example: string): readonly string[] {
  const { properties, required = [] } = spec.schema as {
    readonly properties: Readonly<Record<string, Property>>;
    readonly required?: readonly string[];
  };
  const rows = Object.entries(properties).map(([option, { description = "", default: value }]) => {
    const isTemplated = spec.templated?.includes(option) === true;
    const isRequired = required.includes(option);
    const standsFor = value === undefined ? "" : `\`${JSON.stringify(value)}\``;
    return tableRow([`\`${option}\``, description, isRequired ? "required" : standsFor, isTemplated ? "yes" : ""]);
  });
  return [
    "",
    `## ${name}`,
    "",
    spec.doc ?? "",
    "",
    "```ts",
    example,
    "```",
    "",
    "| Option | Meaning | Default | Template |",
    "|---|---|---|---|",
    ...rows,
  ];
}

function regionOf(source: string, name: string): string {
  const region = new RegExp(`^( *)// #region ${name}\\n([\\s\\S]*?)^ *// #endregion`, "m").exec(source);
  if (!region) throw new Error(`${EXAMPLES} has no region ${name}: give the operator an example`);
  const [, indent, text] = region;
  return text
    .split("\n")
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join("\n")
    .trimEnd();
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
