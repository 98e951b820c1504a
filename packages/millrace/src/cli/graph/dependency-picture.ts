import { describeSchedule, type AssetRule, type Graph, type GraphTask } from "@millrace/core";
import type { Row } from "../output/print-rows.ts";
import type { Picture, PictureEdge, PictureNode } from "./picture.ts";

/** How DAGs depend on each other, as far as their files say it before a run. */
export interface Dependency {
  readonly kind: "updates" | "schedules" | "triggers" | "waits_for";
  /** A DAG; of `schedules` an asset. */
  readonly from: string;
  /** A DAG; of `updates` an asset. */
  readonly to: string;
  /** Tasks of `from` that do it. */
  readonly taskIds: readonly string[];
}

/**
 * Dependencies between DAGs: tasks update assets (`outlets`), assets schedule DAGs, operators start other DAGs or wait for them. An operator whose DAG
 * is only known in the run (a template, a result) is not among them.
 *
 * @param only the DAGs and assets that hang together with this DAG.
 */
export function findDependencies(graphs: readonly Graph[], only?: string): readonly Dependency[] {
  const all = graphs.flatMap((graph) => [...outletsOf(graph), ...schedulesOf(graph), ...othersOf(graph)]);
  return only === undefined ? all : hangingTogether(all, only);
}

/** The DAGs that depend on others, with what is between them. */
export function dependencyPicture(
  graphs: readonly Graph[],
  dependencies: readonly Dependency[],
  title: string,
): Picture {
  const nodes: PictureNode[] = [];
  const edges: PictureEdge[] = [];
  const places = new Map<string, number>();
  const byId = new Map(graphs.map((graph) => [graph.dagId, graph]));
  const place = (key: string, node: PictureNode): number => {
    const known = places.get(key) ?? nodes.push(node) - 1;
    places.set(key, known);
    return known;
  };
  const dag = (dagId: string): number => place(`dag ${dagId}`, dagNode(dagId, byId.get(dagId)));
  const asset = (uri: string): number =>
    place(`asset ${uri}`, { id: uri, label: uri, notes: ["asset"], shape: "round" });
  for (const { kind, from, to, taskIds } of dependencies) {
    if (kind === "updates") edges.push({ from: dag(from), to: asset(to), via: "data" });
    else if (kind === "schedules") edges.push({ from: asset(from), to: dag(to), via: "data" });
    else {
      const says = kind === "triggers" ? "triggers" : "waits for";
      const node = { id: `${from} ${says} ${to}`, label: taskIds.join(", "), notes: [says], shape: "plain" } as const;
      const between = place(`${kind} ${from} ${to}`, node);
      edges.push({ from: dag(from), to: between, via: "data" }, { from: between, to: dag(to), via: "data" });
    }
  }
  const dags = nodes.filter(({ shape }) => shape === "box").length;
  return {
    title,
    description: `${dags} ${dags === 1 ? "DAG" : "DAGs"} with the assets and tasks by which they depend on each other.`,
    nodes,
    groups: [],
    edges,
  };
}

/** The same for programs. */
export function dependencyRows(dependencies: readonly Dependency[]): readonly Row[] {
  return dependencies.map(({ kind, from, to, taskIds }) => ({ from, kind, to, task_ids: taskIds }));
}

function dagNode(dagId: string, graph: Graph | undefined): PictureNode {
  const notes = graph === undefined ? ["no such DAG"] : scheduleNotes(graph.dag.schedule);
  return { id: dagId, label: graph?.dag.displayName ?? dagId, notes, shape: "box" };
}

/** Which assets is drawn; when there are several, that any or all of them are needed is not. */
function scheduleNotes(schedule: Graph["dag"]["schedule"]): readonly string[] {
  if (schedule.kind === "none") return [];
  if (!("rule" in schedule)) return [describeSchedule(schedule)];
  const { rule } = schedule;
  return [
    ...("any" in rule ? ["after any"] : "all" in rule ? ["after all"] : []),
    ...(schedule.kind === "assetsOrTime" ? [`or ${describeSchedule(schedule.time)}`] : []),
  ];
}

function outletsOf({ dagId, tasks }: Graph): readonly Dependency[] {
  const uris = new Set(tasks.flatMap(({ outlets }) => outlets));
  return [...uris].map((uri) => ({
    kind: "updates",
    from: dagId,
    to: uri,
    taskIds: idsOf(tasks, (task) => task.outlets.includes(uri)),
  }));
}

function schedulesOf({ dagId, dag }: Graph): readonly Dependency[] {
  if (!("rule" in dag.schedule)) return [];
  return [...new Set(assetsOf(dag.schedule.rule))].map((uri) => ({
    kind: "schedules",
    from: uri,
    to: dagId,
    taskIds: [],
  }));
}

function othersOf({ dagId, tasks }: Graph): readonly Dependency[] {
  const kinds = { triggers: "triggers", waitsFor: "waits_for" } as const;
  const found = Map.groupBy(
    tasks.filter(({ otherDag }) => otherDag !== undefined),
    ({ otherDag }) => `${otherDag?.does} ${otherDag?.dagId}`,
  );
  return [...found.values()].flatMap((some) => {
    const [{ otherDag }] = some;
    return otherDag
      ? [{ kind: kinds[otherDag.does], from: dagId, to: otherDag.dagId, taskIds: idsOf(some, () => true) }]
      : [];
  });
}

function assetsOf(rule: AssetRule): readonly string[] {
  if ("asset" in rule) return [rule.asset];
  return ("any" in rule ? rule.any : rule.all).flatMap(assetsOf);
}

function idsOf(tasks: readonly GraphTask[], does: (task: GraphTask) => boolean): readonly string[] {
  return tasks.filter(does).map(({ taskId }) => taskId);
}

/** In whatever direction: what the DAG depends on, what depends on it, and what those do. */
function hangingTogether(all: readonly Dependency[], dagId: string): readonly Dependency[] {
  const ends = ({ kind, from, to }: Dependency): readonly string[] => [
    `${kind === "schedules" ? "asset" : "dag"} ${from}`,
    `${kind === "updates" ? "asset" : "dag"} ${to}`,
  ];
  const seen = new Set([`dag ${dagId}`]);
  for (let size = 0; size < seen.size;) {
    size = seen.size;
    for (const each of all) {
      const both = ends(each);
      if (both.some((end) => seen.has(end))) for (const end of both) seen.add(end);
    }
  }
  return all.filter((each) => ends(each).some((end) => seen.has(end)));
}
