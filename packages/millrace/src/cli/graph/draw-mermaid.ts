import type { Picture } from "./picture.ts";
import { stateColours } from "./state-colours.ts";

const BRACKETS = { box: ["[", "]"], round: ["([", "])"], plain: [">", "]"] } as const;

/** A graph as a Mermaid flowchart, which Markdown on many sites shows as a picture. */
export function drawMermaid(picture: Picture): string {
  const { title, nodes, groups, edges } = picture;
  const lines = ["---", `title: ${JSON.stringify(title)}`, "---", "flowchart LR"];
  const boxes = (parent: number | undefined, indent: string): void => {
    nodes.forEach(({ group, label, notes, shape, state }, index) => {
      if (group !== parent) return;
      const text = [label, notes.join(" · ")]
        .filter((part) => part !== "")
        .map(escaped)
        .join("<br/>");
      const [open, close] = BRACKETS[shape];
      lines.push(`${indent}n${index}${open}"${text}"${close}${state === undefined ? "" : `:::${state}`}`);
    });
    groups.forEach(({ parent: around, label }, index) => {
      if (around !== parent) return;
      lines.push(`${indent}subgraph g${index}["${escaped(label)}"]`);
      boxes(index, `${indent}  `);
      lines.push(`${indent}end`);
    });
  };
  boxes(undefined, "  ");
  for (const { from, to, via, label } of edges)
    lines.push(
      `  n${from} ${via === "data" ? "-->" : "-.->"}${label === undefined ? "" : `|"${escaped(label)}"|`} n${to}`,
    );
  for (const state of new Set(nodes.flatMap((node) => node.state ?? [])))
    lines.push(
      `  classDef ${state} fill:${stateColours(state).light},stroke:${stateColours(state).dark},color:#1f2328`,
    );
  return [...lines, ""].join("\n");
}

/** Mermaid reads `#…;` as a character by its number, in quotes, too. */
function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} _.:/·-]/gu, (sign) => `#${sign.codePointAt(0)};`);
}
