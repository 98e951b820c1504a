import { cellsOf, textWidth } from "./graph/text-width.ts";

const COLOUR = /(\u001b\[[\d;]*m)/;

/** Cuts a line with colours to so many cells of a terminal; what is cut keeps no colour on. */
export function fitLine(line: string, width: number): string {
  const parts = line.split(COLOUR);
  const plain = parts.filter((_, index) => index % 2 === 0).join("");
  if (textWidth(plain) <= width) return line;
  let left = width;
  let fitted = "";
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) {
      fitted += part;
      continue;
    }
    for (const cell of cellsOf(part)) {
      if (cell.width > left) return parts.length > 1 ? `${fitted}\u001b[0m` : fitted;
      fitted += cell.text;
      left -= cell.width;
    }
  }
  return fitted;
}
