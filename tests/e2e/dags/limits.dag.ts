// Who may start when: pools, limits, priorities, queues.
import { dag } from "millrace";

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const short = async (): Promise<void> => {
  const end = performance.now() + 10;
  while (performance.now() < end) await new Promise(setImmediate);
};

export const pooled = dag("pooled", ({ map, task }) => {
  map("two_slots", { each: { n: numbers(6) }, pool: "three", poolSlots: 2 }, short);
  map("one_slot", { each: { n: numbers(6) }, pool: "three" }, short);
  task("too_big", { pool: "three", poolSlots: 4 }, short);
});

export const narrow = dag("narrow", { maxActiveTasks: 3, maxActiveRuns: 2 }, ({ map }) => {
  map("many", { each: { n: numbers(6) } }, short);
});

export const perDag = dag("per_dag", { maxActiveTasks: 50 }, ({ map }) => {
  map("one_at_a_time", { each: { n: numbers(3) }, maxActivePerDag: 1 }, short);
  map("two_per_run", { each: { n: numbers(4) }, maxActivePerRun: 2 }, short);
});

/** In a pool of one slot: what starts first tells the order. */
export const ordered = dag("ordered", { defaults: { pool: "one" } }, ({ task }) => {
  const low = task("low", { priorityWeight: 1, weightRule: "absolute" }, short);
  task("high", { priorityWeight: 10, weightRule: "absolute" }, short);
  task("middle", { priorityWeight: 5, weightRule: "absolute" }, short);
  // Its weight is its own and that of the two below it.
  const head = task("head", { priorityWeight: 2 }, short);
  const tail = task("tail", { priorityWeight: 2, after: [head] }, short);
  task("last", { priorityWeight: 3, weightRule: "upstream", after: [tail, low] }, short);
});

/** 40 instances that would fill the pool for long, and another DAG with one. */
export const large = dag("large", { maxActiveTasks: 100, defaults: { pool: "shared" } }, ({ map }) => {
  map("many", { each: { n: numbers(40) } }, short);
});
export const small = dag("small", { defaults: { pool: "shared" } }, ({ task }) => void task("only", short));
/** The same in a pool that says `order: "priority"`. */
export const important = dag("important", { maxActiveTasks: 100, defaults: { pool: "strict" } }, ({ map }) => {
  map("many", { each: { n: numbers(20) }, priorityWeight: 10 }, short);
});
export const humble = dag("humble", { defaults: { pool: "strict" } }, ({ task }) => void task("only", short));

export const nowhere = dag("nowhere", ({ task }) => void task("waits", { pool: "no_such_pool" }, short));
