import type { JsonDiff, Json } from "../../run-diff/diff-json.ts";
import type { DurationPair, InstanceDiff, Pair, RunsDiff, TaskDiff } from "../../run-diff/compare-runs.ts";
import type { Paint } from "../terminal.ts";
import { paintState } from "./paint-state.ts";
import { showSpan } from "./show-time.ts";

const SECOND = 1_000_000;
const LONGEST_VALUE = 120;
const NOTICED_SECONDS = 0.1;

/** What differs between two runs, as lines for people. What is the same is left out, or counted. */
export function showRunsDiff(diff: RunsDiff, paint: Paint): readonly string[] {
  const same = diff.tasks.filter((task) => task.same && !task.duration.standsOut);
  return [
    `${paint.red("a")} ${diff.dagId.a} ${diff.runId.a}`,
    `${paint.green("b")} ${diff.dagId.b} ${diff.runId.b}`,
    "",
    ...field("version", diff.version, String),
    ...versionLines(diff),
    ...field("state", diff.state, (state) => paintState(state, paint)),
    ...field("cause", diff.cause, (cause) => cause ?? "none"),
    ...field("type", diff.runType, String),
    ...durationLine(diff.duration, paint),
    ...jsonLines("conf", diff.conf, paint),
    ...jsonLines("params", diff.params, paint),
    ...diff.tasks.filter((task) => !same.includes(task)).flatMap((task) => ["", ...taskLines(task, paint)]),
    "",
    `${diff.same ? "nothing differs; " : ""}${same.length} of ${diff.tasks.length} tasks are the same${diff.resultsCut ? "; of mapped tasks the first 1000 results were compared" : ""}`,
  ];
}

function field<T>(name: string, { a, b, same }: Pair<T>, show: (value: T) => string): readonly string[] {
  return same ? [] : [`${name.padEnd(9)} ${show(a)} → ${show(b)}`];
}

function versionLines({ graph, version }: RunsDiff): readonly string[] {
  if (version.same) return [];
  if (graph === undefined) return ["          one of them is not kept any more"];
  const { added, removed, changed } = graph;
  const lines = [
    ...(added.length > 0 ? [`added ${added.join(", ")}`] : []),
    ...(removed.length > 0 ? [`removed ${removed.join(", ")}`] : []),
    ...changed.map(({ taskId, places }) => `changed ${taskId}: ${places.join(", ")}`),
  ];
  if (lines.length === 0)
    lines.push("the same tasks; the code or a setting of the DAG has changed (--source shows it)");
  return lines.map((line) => `          ${line}`);
}

/** Only what a person would notice. */
function durationLine({ aSeconds, bSeconds, ratio, standsOut }: DurationPair, paint: Paint): readonly string[] {
  if (aSeconds === null || bSeconds === null || Math.abs(aSeconds - bSeconds) < NOTICED_SECONDS) return [];
  const times = ratio === null ? "" : ` (×${ratio})`;
  const line = `duration  ${showSpan(aSeconds * SECOND)} → ${showSpan(bSeconds * SECOND)}${times}`;
  return [standsOut ? paint.bold(paint.yellow(line)) : paint.dim(line)];
}

function jsonLines(name: string, { differences, more }: JsonDiff, paint: Paint): readonly string[] {
  const lines = differences.map(({ path, a, b }) => {
    const place = `${name.padEnd(9)} ${path}: `;
    if (a === undefined) return `${place}${paint.green(`+ ${showValue(b)}`)}`;
    if (b === undefined) return `${place}${paint.red(`- ${showValue(a)}`)}`;
    return `${place}${paint.red(showValue(a))} → ${paint.green(showValue(b))}`;
  });
  return more === 0 ? lines : [...lines, `${name.padEnd(9)} ${more} more differences`];
}

function showValue(value: Json | undefined): string {
  const text = JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`;
}

function taskLines(task: TaskDiff, paint: Paint): readonly string[] {
  const { taskId, presence, states, duration, isMapped, instances, moreInstances } = task;
  const counts = (of: Readonly<Record<string, number | undefined>>): string =>
    Object.entries(of)
      .map(([state, count]) => `${count ?? 0} ${paintState(state, paint)}`)
      .join(", ") || "none";
  if (presence === "a") return [`${paint.red("-")} ${paint.bold(taskId)} only in a: ${counts(states.a)}`];
  if (presence === "b") return [`${paint.green("+")} ${paint.bold(taskId)} only in b: ${counts(states.b)}`];
  const head = `${task.same ? paint.dim("·") : paint.yellow("~")} ${paint.bold(taskId)}`;
  const inside = isMapped
    ? [
        ...field("instances", states, counts),
        ...durationLine(duration, paint),
        ...instances.flatMap((each) => [
          `[${each.mapIndex}]`,
          ...instanceLines(each, paint).map((line) => `  ${line}`),
        ]),
        ...(moreInstances > 0 ? [`${moreInstances} more instances differ`] : []),
      ]
    : instances.length === 0
      ? durationLine(duration, paint)
      : instances.flatMap((each) => instanceLines(each, paint));
  return [head, ...inside.map((line) => `  ${line}`)];
}

function instanceLines({ state, tries, duration, cause, result }: InstanceDiff, paint: Paint): readonly string[] {
  return [
    ...field("state", state, (each) => (each === null ? "none" : paintState(each, paint))),
    ...field("tries", tries, (each) => String(each ?? 0)),
    ...field("cause", cause, (each) => each ?? "none"),
    ...durationLine(duration, paint),
    ...jsonLines("result", result, paint),
  ];
}
