import type { Graph, GraphTask } from "../../graph/graph.ts";
import type { TaskState } from "../../model/states.ts";
import { hashed } from "./seeded.ts";
import type { Ending } from "./world.ts";

/** Which hand-over of which try. */
export interface Look {
  readonly task: number;
  readonly mapIndex: number;
  readonly tryNumber: number;
  /** Reschedules of this try before. */
  readonly hop: number;
}

/** How a body ends, decided by nothing but the seed and where it is: every order of events sees the same. */
export function randomEnding(graph: Graph, seed: number, { task, mapIndex, tryNumber, hop }: Look): Ending {
  const node = graph.tasks[task];
  const roll = hashed(seed, `${node.taskId}|${mapIndex}|${tryNumber}|${hop}`);
  const second = hashed(seed + 1, `${node.taskId}|${mapIndex}|${tryNumber}`);
  if (roll < 0.15 && hop < 2) return { kind: second < 0.5 ? "reschedule" : "defer", afterMicros: 1_000 };
  if (roll < 0.25 && tryNumber < 8)
    return { guilty: second < 0.4, mayHaveRun: true, ...(second > 0.9 && { blameless: true as const }) };
  if (roll < 0.45) return "failed";
  if (roll < 0.5) return { kind: "failed", cause: { code: "PERMANENT", message: "bad row" }, retry: "never" };
  if (roll < 0.58) return "skipped";
  return successOf(node, second);
}

function successOf(node: GraphTask, roll: number): Ending {
  switch (node.kind) {
    case "branch":
      return [[], ["x"], ["y"], ["x", "y"]][Math.floor(roll * 4)];
    case "shortCircuit":
      return roll < 0.5 ? [] : "success";
    default:
      return Math.floor(roll * 4);
  }
}

/** What an instance leaves behind when nothing keeps it from running. */
export interface Result {
  readonly state: TaskState;
  readonly tries: number;
  readonly length?: number;
  readonly choice?: readonly string[];
}

/** Runs one instance to its end by the words of the rules for retries: a try that fails is followed by another while tries are left. */
export function runAlone(graph: Graph, seed: number, at: Pick<Look, "task" | "mapIndex">): Result {
  const node = graph.tasks[at.task];
  if (node.kind === "empty") return { state: "success", tries: 1 };
  let maxTries = node.retries ?? 0;
  let restarts = 0;
  for (let tryNumber = 1, hop = 0; ;) {
    const ending = randomEnding(graph, seed, { ...at, tryNumber, hop });
    if (typeof ending === "number") return { state: "success", tries: tryNumber, length: ending };
    if (ending === "success") return { state: "success", tries: tryNumber };
    if (ending === "skipped") return { state: "skipped", tries: tryNumber };
    if (Array.isArray(ending)) return { state: "success", tries: tryNumber, choice: ending as readonly string[] };
    const isLost = typeof ending === "object" && "guilty" in ending;
    if (typeof ending === "object" && "afterMicros" in ending) {
      hop += 1;
      continue;
    }
    const isFree = isLost && (ending.blameless === true || (!ending.guilty && restarts < 3));
    if (isFree) {
      maxTries += 1;
      if (ending.blameless !== true) restarts += 1;
    } else if ((typeof ending === "object" && "retry" in ending) || maxTries === 0 || tryNumber > maxTries)
      return { state: "failed", tries: tryNumber };
    tryNumber += 1;
    hop = 0;
  }
}
