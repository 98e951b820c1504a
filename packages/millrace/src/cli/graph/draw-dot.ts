import { stateColours } from "./state-colours.ts";
import type { Picture } from "./picture.ts";

/** A graph in the language of Graphviz: `dot -Tpng` makes a picture of it. */
export function drawDot(picture: Picture): string {
  const { title, nodes, groups, edges } = picture;
  const lines = [
    `digraph ${quoted(title)} {`,
    `  graph [rankdir=LR, label=${quoted(title)}, labelloc=t, fontname="sans-serif"]`,
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"]',
    '  edge [fontname="sans-serif", fontsize=10]',
  ];
  const clusters = (parent: number | undefined, indent: string): void => {
    nodes.forEach((node, index) => {
      if (node.group !== parent) return;
      const label = [node.label, node.notes.join(" · "), node.state ?? ""].filter((part) => part !== "").join("\n");
      const shape = { box: "", round: ", shape=ellipse", plain: ", shape=plain" }[node.shape];
      const fill = node.state === undefined ? "" : `, fillcolor="${stateColours(node.state).light}"`;
      lines.push(`${indent}n${index} [label=${quoted(label)}${shape}${fill}]`);
    });
    groups.forEach((group, index) => {
      if (group.parent !== parent) return;
      lines.push(`${indent}subgraph cluster_${index} {`, `${indent}  label=${quoted(group.label)}; style=rounded`);
      clusters(index, `${indent}  `);
      lines.push(`${indent}}`);
    });
  };
  clusters(undefined, "  ");
  for (const { from, to, via, label } of edges) {
    const options = [
      ...(via === "order" ? ["style=dashed"] : []),
      ...(label === undefined ? [] : [`label=${quoted(label)}`]),
    ];
    lines.push(`  n${from} -> n${to}${options.length === 0 ? "" : ` [${options.join(", ")}]`}`);
  }
  return [...lines, "}", ""].join("\n");
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
