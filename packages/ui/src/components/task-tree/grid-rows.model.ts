import type { Graph } from "@millrace/api";

/** A task as the grid lists it. */
export interface GridTask {
  readonly taskId: string;
  readonly label: string;
  /** Its group, by id. */
  readonly group?: string;
  readonly isMapped: boolean;
  readonly upstream: readonly number[];
}

/** A group of tasks as the grid lists it. */
export interface GridGroup {
  readonly groupId: string;
  readonly parent?: string;
  readonly isMapped: boolean;
}

/** Tasks in topological order, and their groups, parents first. */
export interface GridTree {
  readonly tasks: readonly GridTask[];
  readonly groups: readonly GridGroup[];
}

/** A line of the grid: a task, or a group with all tasks beneath it. Tasks are named by their place in the topological order. */
export type GridRow =
  | {
      readonly kind: "task";
      readonly id: string;
      readonly label: string;
      readonly depth: number;
      readonly isMapped: boolean;
      readonly tasks: readonly [number];
    }
  | {
      readonly kind: "group";
      readonly id: string;
      readonly label: string;
      readonly depth: number;
      readonly isMapped: boolean;
      readonly isOpen: boolean;
      readonly tasks: readonly number[];
    };

/** Which lines there are. */
export interface RowChoice {
  /** Groups that are folded. */
  readonly closed: ReadonlySet<string>;
  /** Places of the tasks that are shown; absent: all. Groups without any are left out. */
  readonly shown?: ReadonlySet<number>;
}

/** What the grid needs of a DAG. */
export function gridTreeOf(graph: Graph): GridTree {
  const groups = graph.groups.map((group) => ({
    groupId: group.groupId,
    isMapped: group.each !== undefined,
    ...(group.parent !== undefined && { parent: graph.groups[group.parent]?.groupId ?? "" }),
  }));
  const mapped = new Set<string>();
  for (const { groupId, parent, isMapped } of groups)
    if (isMapped || (parent !== undefined && mapped.has(parent))) mapped.add(groupId);
  const tasks = graph.tasks.map((task) => {
    const group = task.group === undefined ? undefined : graph.groups[task.group]?.groupId;
    return {
      taskId: task.taskId,
      label: task.displayName ?? task.taskId,
      isMapped: task.each !== undefined || (group !== undefined && mapped.has(group)),
      upstream: task.upstream.map((edge) => edge.task),
      ...(group !== undefined && { group }),
    };
  });
  return { tasks, groups };
}

/** The lines of the grid from the top: each group stands where its first task does, with its tasks right below it unless it is folded. */
export function gridRows({ tasks, groups }: GridTree, { closed, shown }: RowChoice): readonly GridRow[] {
  const byId = new Map(groups.map((group) => [group.groupId, group]));
  const beneath = new Map<string, number[]>();
  const children = new Map<string, (number | string)[]>([["", []]]);
  for (const [place, task] of tasks.entries()) {
    if (shown && !shown.has(place)) continue;
    let child: number | string = place;
    let group = task.group;
    while (group !== undefined) {
      const known = children.get(group);
      known?.push(child);
      if (!known) children.set(group, [child]);
      beneath.set(group, [...(beneath.get(group) ?? []), place]);
      const { parent } = byId.get(group) ?? {};
      // The group stands among its siblings already.
      if (known) {
        for (let above = parent; above !== undefined; above = byId.get(above)?.parent) beneath.get(above)?.push(place);
        child = -1;
        break;
      }
      child = group;
      group = parent;
    }
    if (child !== -1) children.get("")?.push(child);
  }
  return unfold({ tasks, byId, beneath, children, closed });
}

interface Folding {
  readonly tasks: readonly GridTask[];
  readonly byId: ReadonlyMap<string, GridGroup>;
  readonly beneath: ReadonlyMap<string, readonly number[]>;
  readonly children: ReadonlyMap<string, readonly (number | string)[]>;
  readonly closed: ReadonlySet<string>;
}

function unfold({ tasks, byId, beneath, children, closed }: Folding): readonly GridRow[] {
  const rows: GridRow[] = [];
  const add = (parent: string, depth: number): void => {
    for (const child of children.get(parent) ?? []) {
      if (typeof child === "number") {
        const task = tasks[child];
        if (!task) continue;
        const { taskId: id, isMapped } = task;
        rows.push({ kind: "task", id, label: shortLabel(task.label, parent), depth, isMapped, tasks: [child] });
        continue;
      }
      const isOpen = !closed.has(child);
      const { isMapped = false } = byId.get(child) ?? {};
      const inside = beneath.get(child) ?? [];
      rows.push({
        kind: "group",
        id: child,
        label: shortLabel(child, parent),
        depth,
        isMapped,
        isOpen,
        tasks: inside,
      });
      if (isOpen) add(child, depth + 1);
    }
  };
  add("", 0);
  return rows;
}

/** Below its group a task needs no prefix. */
function shortLabel(label: string, group: string): string {
  return group !== "" && label.startsWith(`${group}.`) ? label.slice(group.length + 1) : label;
}

/** Which tasks are shown. */
export interface TaskFilter {
  /** A part of their names. */
  readonly search?: string;
  /** A task or group to start from. */
  readonly around?: string;
  readonly upstream?: boolean;
  readonly downstream?: boolean;
}

/** Places of the tasks that fit; undefined when nothing narrows them. */
export function shownTasks(tree: GridTree, filter: TaskFilter): ReadonlySet<number> | undefined {
  const { search = "", around } = filter;
  if (search === "" && around === undefined) return undefined;
  const places = tree.tasks.map((_, place) => place);
  const found = search.toLowerCase();
  const named = (place: number): boolean => tree.tasks[place]?.label.toLowerCase().includes(found) ?? false;
  const related = around === undefined ? undefined : relatedTasks(tree, around, filter);
  return new Set(places.filter((place) => named(place) && (related?.has(place) ?? true)));
}

function relatedTasks({ tasks, groups }: GridTree, around: string, filter: TaskFilter): ReadonlySet<number> {
  const parents = new Map(groups.map(({ groupId, parent }) => [groupId, parent]));
  const isInside = (group: string | undefined): boolean => {
    for (let each = group; each !== undefined; each = parents.get(each)) if (each === around) return true;
    return false;
  };
  const found = new Set(
    tasks.flatMap((task, place) => (task.taskId === around || isInside(task.group) ? [place] : [])),
  );
  const [above, below] = [new Set(found), new Set(found)];
  // Tasks are in topological order: one pass each way is enough.
  for (let place = tasks.length - 1; place >= 0; place--)
    if (above.has(place)) for (const upstream of tasks[place]?.upstream ?? []) above.add(upstream);
  for (const [place, task] of tasks.entries()) if (task.upstream.some((each) => below.has(each))) below.add(place);
  return new Set([...found, ...(filter.upstream ? above : []), ...(filter.downstream ? below : [])]);
}
