import { addEdge, isInside, type Declaration, type DeclaredTask, type Edges } from "./declaration.ts";

/**
 * The edges that a task gets by coming after a group: to the tasks that nothing in the group comes after. Teardowns do not count, nor setups
 * that a teardown of the group ends unless there is nothing else. A group without tasks passes on what it comes after.
 */
export function leavesOf(declaration: Declaration, group: number): Edges {
  const members = membersOf(declaration, group);
  const leaves: Edges = new Map();
  const ended: Edges = new Map();
  for (const task of members) {
    if (task.role === "teardown") continue;
    const below = members.filter((other) => other.edges.has(task.index));
    if (!below.every((other) => other.role === "teardown")) continue;
    addEdge(task.role === "setup" && below.length > 0 ? ended : leaves, task.index, { via: "order" });
  }
  if (members.length === 0) return declaration.groups[group].after;
  return leaves.size > 0 ? leaves : ended;
}

/** Connects what a group comes after to its first tasks: those with nothing of the group above them. */
export function connectRoots(declaration: Declaration, group: number): void {
  const members = membersOf(declaration, group);
  const inside = new Set(members.map((task) => task.index));
  for (const task of members) {
    if (task.role === "teardown" || [...task.edges.keys()].some((upstream) => inside.has(upstream))) continue;
    for (const [upstream, edge] of declaration.groups[group].after) addEdge(task.edges, upstream, edge);
  }
}

/** Tasks of a group and of the groups in it, in order of declaration. */
function membersOf(declaration: Declaration, group: number): readonly DeclaredTask[] {
  return declaration.tasks.filter((task) => isInside(declaration, task.group, group));
}
