// Large DAGs, for the speed of pages.
import { dag, type Handle } from "millrace";

const WIDTH = 40;
const DEPTH = 50;

/** 2 000 tasks in layers, each task after two of the layer before. */
export const twoThousand = dag(
  "two_thousand",
  { tags: ["large"], description: "2 000 tasks", maxActiveTasks: 200 },
  ({ group }) => {
    let before: readonly Handle<number>[] = [];
    for (let depth = 0; depth < DEPTH; depth += 1) {
      const upstream = (index: number): readonly Handle<number>[] =>
        before.filter((_, other) => other === index || other === (index + 7) % WIDTH);
      const layer = group(`layer_${String(depth).padStart(2, "0")}`, ({ task }) => ({
        steps: Array.from({ length: WIDTH }, (_, index) =>
          task(`step_${index}`, { after: upstream(index) }, () => index),
        ),
      }));
      before = layer.steps;
    }
  },
);

/** One task mapped over a list, as long as the run's conf says. */
export const hundredThousand = dag(
  "hundred_thousand",
  {
    tags: ["large"],
    description: "A task for each of 100 000 items",
    params: { items: 100_000 },
    maxActiveTasks: 1_000,
  },
  ({ task, map }) => {
    const items = task("items", (_, { params }) => Array.from({ length: params.items }, (_, index) => index));
    map("each_item", { each: { item: items }, maxActivePerRun: 1_000 }, ({ item }) => {
      if (item % 5_000 === 4_999) throw new Error(`item ${item} is broken`);
      return item;
    });
  },
);
