import { cellsOf } from "./text-width.ts";

/** A way to colour what stands in a cell. */
export type Ink = (text: string) => string;

const NO_INK: Ink = (text) => text;

/** Sides of a cell that a line goes to. */
export const SIDE = { up: 1, down: 2, left: 4, right: 8 } as const;

/** Which characters lines are drawn with: by the sides they go to (a sum of {@link SIDE}), by style. */
export type LineSet = Readonly<Record<string, (sides: number) => string>>;

/** How a line looks, and whose it is: lines of one owner join. */
export interface LineStyle {
  readonly style: string;
  readonly owner: number;
}

interface Cell {
  text: string;
  ink: Ink;
  sides: number;
  style: string;
  /** Whose line it is. */
  owner: number;
}

/** Cells of a terminal to draw on. Lines of one owner join where they meet; those of others pass below a vertical one. */
export class TextCanvas {
  readonly #rows: (Cell | undefined)[][] = [];
  readonly #lines: LineSet;

  constructor(lines: LineSet) {
    this.#lines = lines;
  }

  /** Writes over what is there. */
  write(x: number, y: number, text: string, ink: Ink = NO_INK): void {
    let at = x;
    for (const cell of cellsOf(text)) {
      this.#set(at, y, { text: cell.text, ink, sides: 0, style: "", owner: -1 });
      if (cell.width === 2) this.#set(at + 1, y, { text: "", ink, sides: 0, style: "", owner: -1 });
      at += cell.width;
    }
  }

  /** A line in a column, between two rows; `goesOn` beyond its ends. */
  vertical(
    x: number,
    [top, bottom]: readonly [number, number],
    { goesOn, ...how }: LineStyle & { readonly goesOn: "up" | "down" | "both" },
  ): void {
    for (let y = top; y <= bottom; y += 1) {
      const up = y > top || goesOn !== "down" ? SIDE.up : 0;
      const down = y < bottom || goesOn !== "up" ? SIDE.down : 0;
      this.#join([x, y], up | down, how);
    }
  }

  /** A line in a row, between two columns. */
  horizontal(y: number, [left, right]: readonly [number, number], how: LineStyle): void {
    for (let x = left; x <= right; x += 1)
      this.#join([x, y], (x > left ? SIDE.left : 0) | (x < right ? SIDE.right : 0), how);
  }

  /** The picture, without blanks at the ends of lines. */
  toLines(): readonly string[] {
    return Array.from(this.#rows, (row) => this.#rowText(row ?? []));
  }

  #join([x, y]: readonly [number, number], sides: number, { style, owner }: LineStyle): void {
    const known = this.#rows[y]?.[x];
    if (!known || known.owner < 0 || known.owner === owner) {
      const joined = known?.owner === owner ? known.sides | sides : sides;
      this.#set(x, y, { text: "", ink: NO_INK, sides: joined, style, owner });
      return;
    }
    const isVertical = (sides & (SIDE.up | SIDE.down)) !== 0;
    if (isVertical && known.sides === (SIDE.left | SIDE.right)) this.#set(x, y, { ...known, sides, style, owner });
  }

  #set(x: number, y: number, cell: Cell): void {
    (this.#rows[y] ??= [])[x] = cell;
  }

  #rowText(row: readonly (Cell | undefined)[]): string {
    let line = "";
    let run = "";
    let ink = NO_INK;
    const flush = (): void => {
      line += run.trim() === "" ? run : ink(run);
      run = "";
    };
    for (const cell of Array.from(row)) {
      const next = cell?.ink ?? NO_INK;
      if (next !== ink) {
        flush();
        ink = next;
      }
      run += cell === undefined ? " " : cell.sides === 0 ? cell.text : this.#lines[cell.style](cell.sides);
    }
    run = run.trimEnd();
    flush();
    return line.trimEnd();
  }
}
