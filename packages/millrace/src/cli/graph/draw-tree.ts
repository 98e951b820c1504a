import { signOf, stateInk } from "../output/paint-state.ts";
import type { Picture } from "./picture.ts";
import type { TextStyle } from "./draw-text.ts";
import { shortText } from "./text-width.ts";

const MOST_LABEL = 80;

/**
 * A graph as an indented tree, for what is too wide to draw: each node once, below the last of what leads to it; what else leads to it stands
 * behind it. A chain stays where it is.
 */
export function drawTree(picture: Picture, { charset, paint }: Omit<TextStyle, "width">): readonly string[] {
  const { nodes, edges } = picture;
  const upstream = nodes.map((): number[] => []);
  for (const { from, to } of edges) if (from !== to) upstream[to].push(from);
  const parents = treeParents(upstream);
  const below = nodes.map((): number[] => []);
  parents.forEach((parent, node) => {
    if (parent !== undefined) below[parent].push(node);
  });
  const lines: string[] = [];
  const open = parents
    .flatMap((parent, node) => (parent === undefined ? [{ node, lead: "", rest: "" }] : []))
    .reverse();
  for (let at = open.pop(); at; at = open.pop()) {
    const { node, lead, rest } = at;
    lines.push(paint.dim(lead) + textOf(node));
    const next = below[node];
    next
      .map((child, place) => {
        if (next.length === 1) return { node: child, lead: rest + charset.next, rest };
        const isLast = place === next.length - 1;
        return {
          node: child,
          lead: rest + (isLast ? charset.lastBranch : charset.branch),
          rest: rest + (isLast ? " ".repeat(charset.trunk.length) : charset.trunk),
        };
      })
      .reverse()
      .forEach((child) => open.push(child));
  }
  return lines;

  function textOf(node: number): string {
    const { id, label, notes, state, shape } = nodes[node];
    const mark = /( \[[\d/]*\])$/.exec(label)?.[1] ?? "";
    const name = shape === "plain" ? label : shortText(id, MOST_LABEL, charset.ellipsis) + mark;
    const shown = state === undefined ? name : stateInk(state, paint)(`${signOf(state, charset.isAscii)} ${name}`);
    const others = upstream[node].filter((from) => from !== parents[node]).map((from) => nodes[from].id);
    const many = others.length > 5 ? [...others.slice(0, 4), `${others.length - 4} more`] : others;
    const more = [...notes, ...(many.length > 0 ? [`also after ${many.join(", ")}`] : [])];
    return more.length === 0 ? shown : `${shown}  ${paint.dim(more.join(` ${charset.dot} `))}`;
  }
}

/** Of each node the deepest upstream node that does not stand below it. */
function treeParents(upstream: readonly (readonly number[])[]): readonly (number | undefined)[] {
  const depths = new Map<number, number>();
  const parents: (number | undefined)[] = upstream.map(() => undefined);
  const open = new Set<number>();
  const stack: number[] = [];
  for (const start of upstream.keys()) {
    stack.push(start);
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      if (depths.has(node)) {
        stack.pop();
        continue;
      }
      const waiting = open.has(node)
        ? undefined
        : upstream[node].filter((from) => !depths.has(from) && !open.has(from));
      open.add(node);
      if (waiting && waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      let depth = -1;
      for (const from of upstream[node]) {
        const other = depths.get(from) ?? -1;
        if (other > depth) [depth, parents[node]] = [other, from];
      }
      depths.set(node, depth + 1);
      stack.pop();
    }
  }
  return parents;
}
