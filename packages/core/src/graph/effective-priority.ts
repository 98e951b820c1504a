/** What the weight rules need to know of a task. */
export interface WeightedTask {
  readonly weight: number;
  readonly rule: "downstream" | "upstream" | "absolute";
  /** Indexes of tasks above it; all smaller than its own. */
  readonly upstream: readonly number[];
}

/** Tasks whose reach is computed together: 32 words per task, so that 100 000 tasks need 13 MB. */
const BLOCK = 1_024;
const WORDS = BLOCK / 32;

/**
 * The effective weight of each task: its own plus those of all distinct tasks below it (`downstream`) or above it (`upstream`), or its own
 * alone (`absolute`). Takes O(edges × tasks / 32) steps.
 *
 * @param tasks in topological order.
 */
export function effectivePriorities(tasks: readonly WeightedTask[]): readonly number[] {
  const totals = tasks.map((task) => task.weight);
  for (let from = 0; from < tasks.length; from += BLOCK) addReached(tasks, from, totals);
  return totals;
}

/** Adds the weights of the tasks `from` … `from + BLOCK - 1` to the tasks that reach them. */
function addReached(tasks: readonly WeightedTask[], from: number, totals: number[]): void {
  const until = Math.min(from + BLOCK, tasks.length);
  const above = new Uint32Array(tasks.length * WORDS);
  const below = new Uint32Array(until * WORDS);
  for (let task = from; task < tasks.length; task += 1) {
    for (const upstream of tasks[task].upstream) unite(above, task, upstream, from);
    if (tasks[task].rule === "upstream") totals[task] += sumOf(above, task, tasks, from);
  }
  for (let task = until - 1; task >= 0; task -= 1) {
    for (const upstream of tasks[task].upstream) uniteBelow(below, upstream, task, from);
    if (tasks[task].rule === "downstream") totals[task] += sumOf(below, task, tasks, from);
  }
}

/** Task gets what upstream has above it, and upstream itself. */
function unite(sets: Uint32Array, task: number, upstream: number, from: number): void {
  for (let word = 0; word < WORDS; word += 1) sets[task * WORDS + word] |= sets[upstream * WORDS + word];
  mark(sets, task, upstream - from);
}

/** Upstream gets what task has below it, and task itself. */
function uniteBelow(sets: Uint32Array, upstream: number, task: number, from: number): void {
  for (let word = 0; word < WORDS; word += 1) sets[upstream * WORDS + word] |= sets[task * WORDS + word];
  mark(sets, upstream, task - from);
}

function mark(sets: Uint32Array, owner: number, bit: number): void {
  if (bit >= 0 && bit < BLOCK) sets[owner * WORDS + (bit >>> 5)] |= 1 << (bit & 31);
}

function sumOf(sets: Uint32Array, owner: number, tasks: readonly WeightedTask[], from: number): number {
  let sum = 0;
  for (let word = 0; word < WORDS; word += 1) {
    for (let bits = sets[owner * WORDS + word]; bits !== 0; bits &= bits - 1) {
      sum += tasks[from + word * 32 + (31 - Math.clz32(bits & -bits))].weight;
    }
  }
  return sum;
}
