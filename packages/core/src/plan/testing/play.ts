import type { Graph } from "../../graph/graph.ts";
import { compileGraph } from "../../graph/compiled-graph.ts";
import type { RunEvent } from "../events.ts";
import { randomEnding } from "./random-endings.ts";
import type { Finals, Final } from "./reference.ts";
import { seeded } from "./seeded.ts";
import { World } from "./world.ts";

/** What happens to a random run. */
export interface Play {
  readonly graph: Graph;
  /** How bodies end. */
  readonly endings: number;
  /** In which order, in which batches, under which limits. */
  readonly order: number;
  /** Called now and then while the run lives; may clear or mark. */
  readonly disturb?: (world: World, random: () => number) => void;
  /** Called before each step; looks only. */
  readonly watch?: (world: World) => void;
}

const MOST_STEPS = 3_000;

/** Plays a run to its end. @throws Error when it stands still, or an invariant breaks on the way. */
export function play({ graph, endings, order, disturb, watch }: Play): World {
  const random = seeded(order);
  const world = new World(compileGraph(graph), { start: random() < 0.8, limit: 1 + Math.floor(random() * 6) });
  if (world.run.head.state === "queued") world.tick([{ kind: "start" }]);
  const hops = new Map<string, number>();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    world.limit = 1 + Math.floor(random() * 6);
    watch?.(world);
    if (disturb && random() < 0.05) disturb(world, random);
    if (random() < 0.03) world.crash();
    if (world.hasFollowUps && random() < 0.7) world.followUp();
    else if (world.live().length > 0) world.tick(someEvents(world, { graph, endings }, random, hops));
    else if (world.hasFollowUps) world.followUp();
    else if (world.isWaiting) world.tick([{ kind: "goOn" }]);
    else if (!world.passTime()) return ended(world);
  }
  throw new Error(`the run never ends: ${JSON.stringify(world.states())}`);
}

function someEvents(
  world: World,
  { graph, endings }: Pick<Play, "graph" | "endings">,
  random: () => number,
  hops: Map<string, number>,
): RunEvent[] {
  const events: RunEvent[] = [];
  for (const { taskId, mapIndex, tryNumber, state } of world.live().sort(() => random() - 0.5)) {
    if (random() < 0.5 && events.length > 0) continue;
    const isStarted = state !== "queued" || random() < 0.5;
    if (state === "queued" && random() < 0.5) events.push(world.started(taskId, mapIndex));
    if (!isStarted) continue;
    const key = `${taskId}|${mapIndex}|${tryNumber}`;
    const hop = hops.get(key) ?? 0;
    const ending = randomEnding(graph, endings, {
      task: graph.tasks.findIndex((task) => task.taskId === taskId),
      mapIndex,
      tryNumber,
      hop,
    });
    if (typeof ending === "object" && "afterMicros" in ending && state !== "restarting") hops.set(key, hop + 1);
    const event = world.ending(taskId, ending, mapIndex);
    events.push(event);
    // Sent twice: the second one is from a dead dispatch (R3).
    if (random() < 0.1) events.push(event);
  }
  if (random() < 0.2 && world.run.head.dueAt !== undefined) {
    world.now = Math.max(world.now, world.run.head.dueAt);
    events.push({ kind: "due" });
  }
  return events;
}

function ended(world: World): World {
  const { state, obligations } = world.run.head;
  if ((state !== "success" && state !== "failed") || obligations.length > 0)
    throw new Error(`the run stands still in ${state}: ${JSON.stringify(world.states())}`);
  return world;
}

/** How every instance ended, as the rows say. */
export function finalsOf(world: World, graph: Graph): Finals {
  const finals = new Map<number, Map<number, Final>>();
  graph.tasks.forEach((node, task) => {
    const own = [...world.rows.rows.values()].filter((row) => row.taskId === node.taskId && row.state !== "removed");
    finals.set(
      task,
      new Map(
        own
          .sort((a, b) => a.mapIndex - b.mapIndex)
          .map((row) => [
            row.mapIndex,
            {
              state: row.state,
              length: row.resultLength,
              choice: row.choice,
              isCut: row.cause?.code === "FAIL_FAST",
            },
          ]),
      ),
    );
  });
  return finals;
}
