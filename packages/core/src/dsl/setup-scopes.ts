import { badDag } from "./build-error.ts";
import { addEdge, type Declaration, type DeclaredTask, type Edges } from "./declaration.ts";

/**
 * Connects a teardown: to its setups, and, when nothing else is above it, to the last of the tasks that are declared so far
 * downstream of them.
 */
export function connectTeardown(declaration: Declaration, edges: Edges, setups: readonly number[]): void {
  if ([...edges.keys()].every((upstream) => setups.includes(upstream))) {
    const below = descendantsOf(declaration.tasks, setups);
    const work = [...below].filter((task) => declaration.tasks[task].role !== "teardown");
    const above = new Set(work.flatMap((task) => [...declaration.tasks[task].edges.keys()]));
    for (const task of work) if (!above.has(task)) addEdge(edges, task, { via: "order" });
  }
  for (const setup of setups) addEdge(edges, setup, { via: "order" });
}

/**
 * For every task the setups in whose scope it is. The scope of a setup are the tasks between it and its teardowns; without a
 * teardown all tasks downstream of it. For a teardown the setups that it ends.
 *
 * @throws MillraceError BAD_DAG when a task directly below a setup has another trigger rule than `all_success`.
 */
export function scopesOf(declaration: Declaration): readonly (readonly number[])[] {
  const { tasks } = declaration;
  const scopes: number[][] = tasks.map((task) => [...(task.ends ?? [])].sort((a, b) => a - b));
  for (const setup of tasks.filter((task) => task.role === "setup")) {
    refuseOtherRules(declaration, setup);
    const ends = tasks.filter((task) => task.ends?.includes(setup.index));
    const above = ends.length > 0 ? ancestorsOf(tasks, ends) : undefined;
    for (const task of [...descendantsOf(tasks, [setup.index])].sort((a, b) => a - b)) {
      if (tasks[task].role !== "teardown" && (!above || above.has(task))) scopes[task].push(setup.index);
    }
  }
  return scopes;
}

function refuseOtherRules(declaration: Declaration, setup: DeclaredTask): void {
  for (const task of declaration.tasks) {
    const rule = task.options.triggerRule ?? "all_success";
    if (task.role === "teardown" || !task.edges.has(setup.index) || rule === "all_success") continue;
    const place = { dagId: declaration.dagId, taskId: task.taskId, site: task.site };
    throw badDag(
      place,
      `it comes directly after the setup ${setup.taskId}, so its triggerRule must be all_success, not ${rule}`,
    );
  }
}

function descendantsOf(tasks: readonly DeclaredTask[], from: readonly number[]): ReadonlySet<number> {
  const start = new Set(from);
  const found = new Set<number>();
  for (const task of tasks) {
    for (const upstream of task.edges.keys()) if (start.has(upstream) || found.has(upstream)) found.add(task.index);
  }
  return found;
}

function ancestorsOf(tasks: readonly DeclaredTask[], from: readonly DeclaredTask[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const task of tasks.toReversed()) {
    if (found.has(task.index) || from.includes(task)) for (const upstream of task.edges.keys()) found.add(upstream);
  }
  return found;
}
