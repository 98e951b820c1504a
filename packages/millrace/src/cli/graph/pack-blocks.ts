import { stripVTControlCharacters } from "node:util";
import { textWidth } from "./text-width.ts";

const GAP = 4;

/** Lines that belong together, and the widest of them in cells. */
export interface TextBlock {
  readonly lines: readonly string[];
  readonly width: number;
}

/** Puts blocks beside each other in rows of at most `width` cells, with an empty line between the rows. */
export function packBlocks(blocks: readonly TextBlock[], width: number): readonly string[] {
  const rows: TextBlock[][] = [];
  let used = Infinity;
  for (const block of blocks) {
    if (used + GAP + block.width > width) {
      rows.push([]);
      used = -GAP;
    }
    rows.at(-1)?.push(block);
    used += GAP + block.width;
  }
  return rows.flatMap((row, index) => (index === 0 ? besides(row) : ["", ...besides(row)]));
}

function besides(row: readonly TextBlock[]): readonly string[] {
  const height = Math.max(...row.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    row
      .map(({ lines, width }) => {
        const text = lines.at(line) ?? "";
        return text + " ".repeat(Math.max(0, width - textWidth(stripVTControlCharacters(text))));
      })
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}
