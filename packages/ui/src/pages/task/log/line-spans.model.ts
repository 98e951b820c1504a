import Anser, { type AnserJsonEntry } from "anser";

/** A piece of a line that looks the same throughout. */
export interface LineSpan {
  readonly text: string;
  /** A colour of the terminal: `ansi-red`, `ansi-bright-red`, or a CSS colour. */
  readonly color?: string;
  readonly background?: string;
  readonly decorations: readonly string[];
  /** Whether it is what was searched for. */
  readonly isHit: boolean;
}

const ESCAPE = "\u001b";

/** The text of a line without terminal colours: what is searched and copied. */
export function plainText(text: string): string {
  return text.includes(ESCAPE) ? Anser.ansiToText(text) : text;
}

/** Whether a line has what is searched for; upper and lower case are one. */
export function hasTerm(text: string, lowerTerm: string): boolean {
  return plainText(text).toLowerCase().includes(lowerTerm);
}

/** Cuts a line into pieces: by terminal colours, and by hits of the search. Texts are as they are, never HTML. */
export function lineSpans(text: string, lowerTerm: string): readonly LineSpan[] {
  const colored: readonly LineSpan[] = text.includes(ESCAPE)
    ? Anser.ansiToJson(text, { json: true, remove_empty: true, use_classes: true }).map(spanOf)
    : [{ text, decorations: [], isHit: false }];
  return lowerTerm === "" ? colored : withHits(colored, lowerTerm);
}

function spanOf({ content, fg, bg, fg_truecolor, bg_truecolor, decorations }: AnserJsonEntry): LineSpan {
  const color = colorOf(fg, fg_truecolor);
  const background = colorOf(bg, bg_truecolor);
  return { text: content, ...(color && { color }), ...(background && { background }), decorations, isHit: false };
}

function colorOf(name: string | null, truecolor: string | null): string | undefined {
  if (name === null || name === "") return undefined;
  if (name === "ansi-truecolor") return truecolor === null ? undefined : `rgb(${truecolor})`;
  const palette = /^ansi-palette-(\d+)$/.exec(name);
  return palette ? paletteColor(Number(palette[1])) : name;
}

/** Colours 16 to 255 of a terminal: a cube of 6 × 6 × 6, then greys. */
function paletteColor(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return `rgb(${level(Math.floor(cube / 36))}, ${level(Math.floor(cube / 6) % 6)}, ${level(cube % 6)})`;
}

/** Hits may reach over colours: they are found in the whole text. */
function withHits(spans: readonly LineSpan[], lowerTerm: string): readonly LineSpan[] {
  const whole = spans.map(({ text }) => text).join("");
  const bounds = hitBounds(whole.toLowerCase(), lowerTerm);
  if (bounds.length === 0) return spans;
  const pieces: LineSpan[] = [];
  let at = 0;
  for (const span of spans) {
    let done = 0;
    while (done < span.text.length) {
      const from = at + done;
      const hit = bounds.find(([, end]) => end > from);
      const isHit = hit !== undefined && hit[0] <= from;
      const end = Math.min(at + span.text.length, hit === undefined ? Infinity : isHit ? hit[1] : hit[0]);
      pieces.push({ ...span, text: span.text.slice(done, end - at), isHit });
      done = end - at;
    }
    at += span.text.length;
  }
  return pieces;
}

function hitBounds(lowerText: string, lowerTerm: string): readonly (readonly [number, number])[] {
  const bounds: (readonly [number, number])[] = [];
  for (let at = lowerText.indexOf(lowerTerm); at >= 0; at = lowerText.indexOf(lowerTerm, at + lowerTerm.length))
    bounds.push([at, at + lowerTerm.length]);
  return bounds;
}
