import type { Paint } from "../terminal.ts";
import { signOf, stateInk } from "../output/paint-state.ts";
import { layoutGraph } from "./layout-graph.ts";
import type { Layout, PlacedLeaf } from "./layout.ts";
import type { Charset, Frame } from "./line-sets.ts";
import { packBlocks, type TextBlock } from "./pack-blocks.ts";
import { picturePieces } from "./picture-pieces.ts";
import type { Picture, PictureNode } from "./picture.ts";
import { routeChannels, type Channel } from "./route-channels.ts";
import { TextCanvas, type Ink } from "./text-canvas.ts";
import { shortText, textWidth } from "./text-width.ts";

const MOST_LABEL = 60;
/** Beyond so many tasks a drawing has more rows than anybody reads. */
const MOST_NODES = 400;

/** How to draw for a terminal. */
export interface TextStyle {
  readonly charset: Charset;
  readonly paint: Paint;
  /** Columns that there are. */
  readonly width: number;
}

interface Boxed {
  readonly node: PictureNode;
  readonly lines: readonly string[];
  readonly width: number;
}

/**
 * Draws a graph from top to bottom with characters; parts that have nothing to do with each other stand beside each other as far as there is room,
 * then below.
 *
 * @returns its lines; `undefined` when a part does not fit the width, or with more than 400 nodes.
 */
export function drawText(picture: Picture, style: TextStyle): readonly string[] | undefined {
  if (picture.nodes.length > MOST_NODES) return undefined;
  const blocks = picturePieces(picture).map((piece) => drawPiece(piece, style));
  if (blocks.some(({ width }) => width > style.width)) return undefined;
  return packBlocks(blocks, style.width);
}

function drawPiece(picture: Picture, style: TextStyle): TextBlock {
  const boxes = picture.nodes.map((node) => boxOf(node, style));
  const layout = layoutGraph(
    {
      nodes: picture.nodes.map(({ group }, index) => ({
        width: boxes[index].width,
        ...(group !== undefined && { group }),
      })),
      groups: picture.groups.map(({ label, parent }) => ({
        minWidth: textWidth(shortText(label, MOST_LABEL)) + 6,
        ...(parent !== undefined && { parent }),
      })),
      edges: picture.edges.map(({ from, to, via }) => ({ from, to, kind: via === "data" ? 0 : 1 })),
    },
    { gap: 2, laneWidth: 1, framePad: [2, 2] },
  );
  const lines = layout.width > style.width ? [] : new Drawing({ picture, style, boxes, layout }).lines();
  return { lines, width: layout.width };
}

function boxOf(node: PictureNode, { charset }: TextStyle): Boxed {
  const label = shortText(node.label, MOST_LABEL, charset.ellipsis);
  const notes = shortText(node.notes.join(` ${charset.dot} `), MOST_LABEL, charset.ellipsis);
  const sign = node.state === undefined ? "" : `${signOf(node.state, charset.isAscii)} `;
  const lines = [`${sign}${label}`, ...(notes === "" ? [] : [notes])];
  return { node, lines, width: Math.max(...lines.map(textWidth)) + 4 };
}

interface Rows {
  /** Of each rank: its boxes, the first row of its frames, and the row below the last. */
  readonly box: readonly number[];
  readonly height: readonly number[];
}

class Drawing {
  readonly #what: {
    readonly picture: Picture;
    readonly style: TextStyle;
    readonly boxes: readonly Boxed[];
    readonly layout: Layout;
  };
  readonly #canvas: TextCanvas;
  readonly #channels: readonly Channel[];
  readonly #rows: Rows;

  constructor(what: {
    readonly picture: Picture;
    readonly style: TextStyle;
    readonly boxes: readonly Boxed[];
    readonly layout: Layout;
  }) {
    this.#what = what;
    this.#canvas = new TextCanvas(what.style.charset.lines);
    this.#channels = routeChannels(what.layout);
    this.#rows = this.#measure();
  }

  lines(): readonly string[] {
    const { picture, layout, boxes } = this.#what;
    picture.groups.forEach((_, group) => this.#group(group));
    let owner = 0;
    for (const [rank, channel] of this.#channels.entries())
      for (const net of channel.nets) this.#net(rank, net, (owner += 1));
    this.#lanes();
    boxes.forEach((box, index) => this.#box(box, layout.leaves[index]));
    this.#ports();
    picture.groups.forEach((_, group) => this.#groupTitle(group));
    return this.#canvas.toLines();
  }

  #measure(): Rows {
    const { layout, boxes } = this.#what;
    const ranks = Array.from({ length: layout.rankCount }, () => ({ height: 0, above: 0, below: 0 }));
    boxes.forEach(({ lines }, index) => {
      const rank = ranks[layout.leaves[index].rank];
      rank.height = Math.max(rank.height, lines.length + 2);
    });
    for (const group of layout.groups) {
      if (!group) continue;
      ranks[group.firstRank].above = Math.max(ranks[group.firstRank].above, group.framesAbove);
      ranks[group.lastRank].below = Math.max(ranks[group.lastRank].below, group.framesBelow);
    }
    const box: number[] = [];
    let y = 0;
    ranks.forEach(({ height, above, below }, rank) => {
      y += above + (rank === 0 ? 0 : 1);
      box.push(y);
      y += height + below + (this.#hasTurned(rank) ? 1 : 0) + (this.#channels.at(rank)?.trackCount ?? 0);
    });
    return { box, height: ranks.map(({ height }) => height) };
  }

  #hasTurned(rank: number): boolean {
    const count = this.#what.boxes.length;
    const { nets } = this.#channels.at(rank) ?? { nets: [] };
    return nets.some(({ turned, tops }) => turned && tops.some(({ leaf }) => leaf < count));
  }

  /** The row below a leaf, where its lines begin. */
  #below(leaf: number): number {
    const { rank } = this.#what.layout.leaves[leaf];
    const lines = this.#what.boxes.at(leaf)?.lines.length;
    return this.#rows.box[rank] + (lines === undefined ? this.#rows.height[rank] : lines + 2);
  }

  #net(rank: number, net: Channel["nets"][number], owner: number): void {
    const style = { style: net.kind === 0 ? "data" : "order", owner };
    const end = this.#rows.box[rank + 1] - 1;
    const framesAbove = this.#what.layout.groups.reduce(
      (most, group) => (group?.firstRank === rank + 1 ? Math.max(most, group.framesAbove) : most),
      0,
    );
    const { trackCount } = this.#channels[rank];
    const y = net.track === undefined ? end : end - framesAbove - trackCount + net.track;
    const isStraight = net.track === undefined;
    for (const { leaf, column } of net.tops)
      this.#canvas.vertical(column, [this.#below(leaf), y], { ...style, goesOn: isStraight ? "both" : "up" });
    if (net.track !== undefined) {
      const columns = [...net.tops, ...net.bottoms].map(({ column }) => column);
      this.#canvas.horizontal(y, [Math.min(...columns), Math.max(...columns)], style);
      for (const { column } of net.bottoms) this.#canvas.vertical(column, [y, end], { ...style, goesOn: "down" });
    }
  }

  /** Where a line passes a rank, it goes on beside the boxes. */
  #lanes(): void {
    const { layout, boxes } = this.#what;
    const kinds = new Map(layout.links.map(({ to, kind }) => [to, kind]));
    layout.leaves.forEach(({ x, rank }, leaf) => {
      if (leaf < boxes.length) return;
      const style = { style: kinds.get(leaf) === 0 ? "data" : "order", owner: -2 - leaf };
      const top = this.#rows.box[rank] - 1;
      this.#canvas.vertical(x, [top, this.#below(leaf)], { ...style, goesOn: "both" });
    });
  }

  #box({ node, lines, width }: Boxed, { x, rank }: PlacedLeaf): void {
    const { charset, paint } = this.#what.style;
    const y = this.#rows.box[rank];
    const ink = node.state === undefined ? undefined : stateInk(node.state, paint);
    const frame = node.shape === "box" ? charset.box : charset.roundBox;
    this.#frame(frame, { x, y, width, height: lines.length + 2 }, ink);
    lines.forEach((line, index) =>
      this.#canvas.write(
        x + 2 + Math.floor((width - 4 - textWidth(line)) / 2),
        y + 1 + index,
        line,
        index === 0 ? ink : paint.dim,
      ),
    );
  }

  #ports(): void {
    const { charset } = this.#what.style;
    const count = this.#what.boxes.length;
    for (const { nets } of this.#channels)
      for (const { turned, tops, bottoms } of nets) {
        for (const { leaf, column } of tops.filter((port) => port.leaf < count)) {
          const y = this.#below(leaf);
          if (turned) this.#canvas.write(column, y, charset.arrowUp);
          else this.#canvas.write(column, y - 1, charset.outlet);
        }
        for (const { leaf, column } of bottoms.filter((port) => port.leaf < count))
          if (!turned)
            this.#canvas.write(column, this.#rows.box[this.#what.layout.leaves[leaf].rank] - 1, charset.arrowDown);
      }
  }

  #group(group: number): void {
    const placed = this.#what.layout.groups[group];
    if (!placed) return;
    const top = this.#rows.box[placed.firstRank] - 1 - placed.framesAbove + (placed.firstRank === 0 ? 1 : 0);
    const bottom = this.#rows.box[placed.lastRank] + this.#rows.height[placed.lastRank] + placed.framesBelow - 1;
    const area = { x: placed.x, y: top, width: placed.width, height: bottom - top + 1 };
    this.#frame(this.#what.style.charset.group, area, this.#what.style.paint.dim);
  }

  #groupTitle(group: number): void {
    const placed = this.#what.layout.groups[group];
    if (!placed) return;
    const top = this.#rows.box[placed.firstRank] - 1 - placed.framesAbove + (placed.firstRank === 0 ? 1 : 0);
    const title = shortText(this.#what.picture.groups[group].label, MOST_LABEL, this.#what.style.charset.ellipsis);
    this.#canvas.write(placed.x + 2, top, ` ${title} `, this.#what.style.paint.bold);
  }

  #frame(
    { corners, horizontal, vertical }: Frame,
    area: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
    ink: Ink | undefined,
  ): void {
    const { x, y, width, height } = area;
    const side = horizontal.repeat(width - 2);
    this.#canvas.write(x, y, corners[0] + side + corners[1], ink);
    for (let row = y + 1; row < y + height - 1; row += 1) {
      this.#canvas.write(x, row, vertical, ink);
      this.#canvas.write(x + width - 1, row, vertical, ink);
    }
    this.#canvas.write(x, y + height - 1, corners[3] + side + corners[2], ink);
  }
}
