// Draws what a terminal showed. Every piece of text is pinned to its cells, so it looks alike in whatever monospace font the reader has.

const COLUMNS = 132;
const CELL_WIDTH = 7;
const LINE_HEIGHT = 17;
const FONT_SIZE = 11.6;
const MARGIN = 20;
const HEAD_HEIGHT = 40;
// A card with its own background and border: readable on light and on dark pages.
const THEME = { card: "#11161d", border: "#3a4450", head: "#1b222c", text: "#d7dee7", title: "#8b97a5" };
const DIM = "#7d8997";
const NOTE = "#e2b86b";

/** What an SGR code does to what follows it; 0 takes everything back. */
const STYLES: Readonly<Record<string, Style>> = {
  "1": { bold: true },
  "2": { color: DIM },
  "22": { bold: false, color: undefined },
  "31": { color: "#f47067" },
  "32": { color: "#6bc46d" },
  "33": { color: "#daaa3f" },
  "36": { color: "#56b6c2" },
  "39": { color: undefined },
};

interface Style {
  readonly bold?: boolean;
  readonly color?: string | undefined;
}

interface Piece {
  readonly column: number;
  readonly text: string;
  readonly style: Style;
}

/**
 * An SVG of a transcript with SGR colours. Lines longer than the card go on in the next line, as in a terminal; lines that begin with `#` are
 * the recorder's notes, `$ ` is what was typed.
 */
export function terminalPicture(transcript: string, title: string): string {
  const lines = transcript
    .trimEnd()
    .split("\n")
    .flatMap((line) => wrap(piecesOf(line)));
  const width = COLUMNS * CELL_WIDTH + 2 * MARGIN;
  const height = HEAD_HEIGHT + lines.length * LINE_HEIGHT + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="${THEME.card}" stroke="${THEME.border}"/>`,
    `<path d="M1 30V10.5A9.5 9.5 0 0 1 10.5 1H${width - 10.5}A9.5 9.5 0 0 1 ${width - 1} 10.5V30Z" fill="${THEME.head}"/>`,
    ...["#ec6a5e", "#f4bf4f", "#61c554"].map(
      (fill, i) => `<circle cx="${20 + i * 18}" cy="15.5" r="5.5" fill="${fill}"/>`,
    ),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}" fill="${THEME.text}" xml:space="preserve">`,
    `<text x="${width / 2}" y="20" text-anchor="middle" fill="${THEME.title}" font-size="12">${escape(title)}</text>`,
    ...lines.flatMap((pieces, row) => pieces.map((piece) => drawPiece(piece, row))),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function piecesOf(line: string): readonly Piece[] {
  if (line.startsWith("#")) return [{ column: 0, text: line, style: { color: NOTE } }];
  if (line === "Killed") return [{ column: 0, text: line, style: STYLES["31"] }];
  if (line.startsWith("$ ")) return [{ column: 0, text: line, style: { bold: true } }];
  const pieces: Piece[] = [];
  let style: Style = {};
  let column = 0;
  for (const part of line.split(/(\u001b\[[0-9;]*m)/)) {
    const codes = /^\u001b\[([0-9;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) for (const code of codes.split(";")) style = restyle(style, code);
    else if (part !== "") {
      pieces.push({ column, text: part, style });
      column += part.length;
    }
  }
  return pieces;
}

function restyle(style: Style, code: string): Style {
  if (code === "0" || code === "") return {};
  const change = STYLES[code];
  if (change === undefined) throw new Error(`the picture knows no colour for SGR ${code}`);
  return { ...style, ...change };
}

function wrap(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const rows: Piece[][] = [[]];
  for (const { column, text, style } of pieces) {
    for (let at = 0; at < text.length;) {
      const row = Math.floor((column + at) / COLUMNS);
      const from = (column + at) % COLUMNS;
      const part = text.slice(at, at + COLUMNS - from);
      (rows[row] ??= []).push({ column: from, text: part, style });
      at += part.length;
    }
  }
  return rows;
}

function drawPiece({ column, text, style }: Piece, row: number): string {
  const start = text.length - text.trimStart().length;
  const shown = text.trim();
  if (shown === "") return "";
  const x = MARGIN + (column + start) * CELL_WIDTH;
  const y = HEAD_HEIGHT + row * LINE_HEIGHT + FONT_SIZE;
  const look = `${style.color === undefined ? "" : ` fill="${style.color}"`}${style.bold === true ? ' font-weight="bold"' : ""}`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${(shown.length * CELL_WIDTH).toFixed(1)}" lengthAdjust="spacingAndGlyphs"${look}>${escape(shown)}</text>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
