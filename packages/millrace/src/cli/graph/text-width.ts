const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const segmenter = new Intl.Segmenter();

/** A text as the cells of a terminal show it: each is a character with what belongs to it, and the cells it takes. */
export function cellsOf(text: string): readonly { readonly text: string; readonly width: 1 | 2 }[] {
  return [...segmenter.segment(text)].map(({ segment }) => ({ text: segment, width: WIDE.test(segment) ? 2 : 1 }));
}

/** How many cells of a terminal a text without escape sequences takes. */
export function textWidth(text: string): number {
  return cellsOf(text).reduce((sum, { width }) => sum + width, 0);
}

/** On one line, without control characters, and not longer than `most` cells; an ellipsis stands for what is cut off. */
export function shortText(text: string, most: number, ellipsis = "…"): string {
  const clean = text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, "")
    .trim();
  if (textWidth(clean) <= most) return clean;
  let short = "";
  let width = textWidth(ellipsis);
  for (const cell of cellsOf(clean)) {
    width += cell.width;
    if (width > most) break;
    short += cell.text;
  }
  return short.trimEnd() + ellipsis;
}
