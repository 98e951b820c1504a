import { signOf } from "../output/paint-state.ts";
import { layoutGraph } from "./layout-graph.ts";
import type { Layout, PlacedGroup } from "./layout.ts";
import type { Picture, PictureNode } from "./picture.ts";
import { stateColours } from "./state-colours.ts";
import { shortText, textWidth } from "./text-width.ts";

const CHARACTER = 7.9;
const LINE = 18;
const PAD = 10;
const CHANNEL = 48;
const FRAME = 14;
const FRAME_TITLE = 26;
const MARGIN = 16;
const LEGEND = 28;
const MOST_LABEL = 48;

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Shown {
  readonly node: PictureNode;
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

/**
 * A graph from left to right as an SVG file that stands alone: text is text, it has a title and a description, follows the reader's choice of light or
 * dark, and holds what users wrote as text only.
 */
export function drawSvg(picture: Picture): string {
  const shown = picture.nodes.map(shownOf);
  const layout = layoutGraph(
    {
      nodes: picture.nodes.map(({ group }, index) => ({
        width: shown[index].height,
        ...(group !== undefined && { group }),
      })),
      groups: picture.groups.map(({ parent }) => ({ minWidth: 0, ...(parent !== undefined && { parent }) })),
      edges: picture.edges.map(({ from, to, via }) => ({ from, to, kind: via === "data" ? 0 : 1 })),
    },
    { gap: 16, laneWidth: 6, framePad: [FRAME_TITLE, FRAME] },
  );
  const { starts, widths, end } = ranksOf(layout, shown);
  const areas = shown.map(({ width, height }, index): Area => {
    const { rank, x } = layout.leaves[index];
    return { x: starts[rank] + (widths[rank] - width) / 2, y: MARGIN + x, width, height };
  });
  const hasBoth = new Set(picture.edges.map(({ via }) => via)).size === 2;
  const size = {
    width: Math.max(end + MARGIN, hasBoth ? 330 : 0),
    height: layout.width + 2 * MARGIN + (hasBoth ? LEGEND : 0),
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(picture.title)}</title>`,
    `<desc id="description">${escaped(describe(picture))}</desc>`,
    `<style>${styleOf(picture)}</style>`,
    MARKER,
    `<rect class="paper" width="${size.width}" height="${size.height}" rx="8"/>`,
    ...picture.groups.flatMap(({ label }, group) => frame(label, layout.groups[group], { starts, widths })),
    ...layout.links.map((link) => linkPath(link, { layout, areas, starts, widths })),
    ...lanes(layout, { count: shown.length, starts, widths }),
    ...shown.map((each, index) => nodeShape(each, areas[index])),
    ...(hasBoth ? [legend(size.height - MARGIN)] : []),
    "</svg>",
    "",
  ].join("\n");
}

const MARKER =
  '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="head" d="M0 0.5 8 4 0 7.5z"/></marker></defs>';

function shownOf(node: PictureNode): Shown {
  const sign = node.state === undefined ? "" : `${signOf(node.state)} `;
  const lines = [sign + shortText(node.label, MOST_LABEL), shortText(node.notes.join(" · "), MOST_LABEL)].filter(
    (line) => line !== "",
  );
  const width = Math.ceil(Math.max(...lines.map(textWidth)) * CHARACTER) + 2 * PAD + (node.shape === "round" ? PAD : 0);
  return { node, lines, width, height: lines.length * LINE + 2 * PAD - 4 };
}

/** Where each rank begins, how wide it is, and where the last ends, with its frames. */
function ranksOf(
  layout: Layout,
  shown: readonly Shown[],
): { readonly starts: readonly number[]; readonly widths: readonly number[]; readonly end: number } {
  const ranks = Array.from({ length: layout.rankCount }, () => ({ width: 0, before: 0, after: 0 }));
  shown.forEach(({ width }, index) => {
    const rank = ranks[layout.leaves[index].rank];
    rank.width = Math.max(rank.width, width);
  });
  for (const group of layout.groups) {
    if (!group) continue;
    ranks[group.firstRank].before = Math.max(ranks[group.firstRank].before, group.framesAbove);
    ranks[group.lastRank].after = Math.max(ranks[group.lastRank].after, group.framesBelow);
  }
  let x = MARGIN;
  const starts = ranks.map(({ width, before, after }, rank) => {
    x += before * FRAME + (rank === 0 ? 0 : CHANNEL);
    const start = x;
    x += width + after * FRAME;
    return start;
  });
  return { starts, widths: ranks.map(({ width }) => width), end: x };
}

interface Ranks {
  readonly starts: readonly number[];
  readonly widths: readonly number[];
}

function frame(label: string, group: PlacedGroup | undefined, { starts, widths }: Ranks): readonly string[] {
  if (!group) return [];
  const x = starts[group.firstRank] - group.framesAbove * FRAME;
  const width = starts[group.lastRank] + widths[group.lastRank] + group.framesBelow * FRAME - x;
  const title = shortText(label, Math.floor((width - 16) / CHARACTER));
  return [
    `<g class="group"><title>${escaped(label)}</title><rect x="${x}" y="${MARGIN + group.x}" width="${width}" height="${group.width}" rx="8"/>`,
    `<text x="${x + 10}" y="${MARGIN + group.x + 17}">${escaped(title)}</text></g>`,
  ];
}

function linkPath(
  { from, to, kind, turned }: Layout["links"][number],
  { layout, areas, starts, widths }: Ranks & { readonly layout: Layout; readonly areas: readonly Area[] },
): string {
  const isNode = (leaf: number): boolean => leaf < areas.length;
  const y = (leaf: number): number => MARGIN + layout.leaves[leaf].x + layout.leaves[leaf].width / 2;
  const rightOf = ({ x, width }: Area): number => x + width;
  const rank = layout.leaves[from].rank;
  const x1 = isNode(from) ? rightOf(areas[from]) + (turned ? 2 : 0) : starts[rank] + widths[rank];
  const x2 = isNode(to) ? areas[to].x - (turned ? 0 : 2) : starts[layout.leaves[to].rank];
  // Straight past the other boxes of the rank; it bends where nothing stands.
  const bend1 = Math.max(x1, starts[rank] + widths[rank]);
  const bend2 = Math.min(x2, starts[layout.leaves[to].rank]);
  const middle = (bend1 + bend2) / 2;
  const marker = turned
    ? isNode(from)
      ? ' marker-start="url(#arrow)"'
      : ""
    : isNode(to)
      ? ' marker-end="url(#arrow)"'
      : "";
  return `<path class="${kind === 0 ? "edge" : "edge order"}"${marker} d="M${x1} ${y(from)}H${bend1}C${middle} ${y(from)} ${middle} ${y(to)} ${bend2} ${y(to)}H${x2}"/>`;
}

/** A line that passes a rank goes straight on beside its boxes. */
function lanes(layout: Layout, { count, starts, widths }: Ranks & { readonly count: number }): readonly string[] {
  const kinds = new Map(layout.links.map(({ to, kind }) => [to, kind]));
  return layout.leaves.slice(count).map(({ rank, x, width }, index) => {
    const kind = kinds.get(count + index) === 0 ? "edge" : "edge order";
    return `<path class="${kind}" d="M${starts[rank]} ${MARGIN + x + width / 2}h${widths[rank]}"/>`;
  });
}

function nodeShape({ node, lines }: Shown, { x, y, width, height }: Area): string {
  const said = [node.id, ...(node.state === undefined ? [] : [node.state]), ...node.notes].join(", ");
  const radius = { box: 5, round: height / 2, plain: 0 }[node.shape];
  const texts = lines.map(
    (line, index) =>
      `<text${index > 0 ? ' class="note"' : ""} x="${x + width / 2}" y="${y + PAD + 11 + index * LINE}">${escaped(line)}</text>`,
  );
  return `<g class="node ${node.shape}${node.state === undefined ? "" : ` ${node.state}`}"><title>${escaped(said)}</title><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>${texts.join("")}</g>`;
}

function legend(y: number): string {
  return [
    `<g class="legend"><path class="edge" d="M${MARGIN} ${y - 4}h28"/><text x="${MARGIN + 36}" y="${y}">a result goes along</text>`,
    `<path class="edge order" d="M${MARGIN + 186} ${y - 4}h28"/><text x="${MARGIN + 222}" y="${y}">order only</text></g>`,
  ].join("");
}

/** What those read to whom the picture is read: the edges as sentences, as far as that is bearable. */
function describe({ description, nodes, edges }: Picture): string {
  const leads = [...Map.groupBy(edges, ({ from }) => from)].map(
    ([from, some]) => `${nodes[from].id} leads to ${some.map(({ to }) => nodes[to].id).join(", ")}.`,
  );
  return [description, ...leads.slice(0, 40), ...(leads.length > 40 ? [`And ${leads.length - 40} more.`] : [])].join(
    " ",
  );
}

function styleOf({ nodes }: Picture): string {
  const states = [...new Set(nodes.flatMap(({ state }) => state ?? []))];
  const fills = (theme: "light" | "dark"): string =>
    states.map((state) => `.node.${state} rect{fill:${stateColours(state)[theme]}}`).join("");
  return [
    "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1f2328}",
    ".node text{text-anchor:middle}.node text.note{font-size:11px}.note,.legend text,.group text{fill:#57606a}.legend text{font-size:11px}",
    ".paper{fill:#ffffff}.node rect{fill:#ffffff;stroke:#57606a}.node.plain rect{stroke:none}.group rect{fill:#8c959f1a;stroke:#8c959f}.group text{font-weight:600}",
    ".edge{fill:none;stroke:#57606a;stroke-width:1.4}.order{stroke-dasharray:4 4}.head{fill:#57606a}",
    fills("light"),
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note,.legend text,.group text{fill:#a5b0bb}.paper{fill:#0d1117}",
    ".node rect{fill:#21262d;stroke:#8b949e}.edge{stroke:#8b949e}.head{fill:#8b949e}",
    fills("dark"),
    "}",
  ].join("");
}

function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
