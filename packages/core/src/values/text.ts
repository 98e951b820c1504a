const REPLACEMENT = "\uFFFD";

/** What {@link cleanText} may be told. */
export interface CleanTextOptions {
  /** Longest result in UTF-8 bytes; the text is cut at a code point. Default: no bound. */
  readonly maxBytes?: number;
}

/**
 * User text as PostgreSQL can hold it in a `text` column: NUL and lone surrogates become U+FFFD, and with `maxBytes`
 * the end is cut off so that the result has at most that many UTF-8 bytes.
 */
export function cleanText(text: string, options: CleanTextOptions = {}): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  const clean = wellFormed.includes("\0") ? wellFormed.replaceAll("\0", REPLACEMENT) : wellFormed;
  return options.maxBytes === undefined ? clean : cutToBytes(clean, options.maxBytes);
}

/** The number of bytes of `text` in UTF-8; a lone surrogate counts as the 3 bytes of U+FFFD. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) bytes += extraBytes(text, i);
  return bytes;
}

function cutToBytes(text: string, maxBytes: number): string {
  // A UTF-16 unit is at most 3 bytes, so short texts need no count.
  if (text.length * 3 <= maxBytes) return text;
  let bytes = 0;
  for (let i = 0; i < text.length;) {
    const units = (text.codePointAt(i) as number) > 0xffff ? 2 : 1;
    bytes += units === 2 ? 4 : 1 + extraBytes(text, i);
    if (bytes > maxBytes) return text.slice(0, i);
    i += units;
  }
  return text;
}

/** UTF-8 bytes that the unit at `i` needs beyond one: both halves of a pair give 1 each, which makes 4 for the pair. */
function extraBytes(text: string, i: number): number {
  const unit = text.charCodeAt(i);
  if (unit < 0x80) return 0;
  if (unit < 0x800) return 1;
  return isHalfOfPair(text, i, unit) ? 1 : 2;
}

function isHalfOfPair(text: string, i: number, unit: number): boolean {
  if (unit < 0xd800 || unit > 0xdfff) return false;
  return unit < 0xdc00 ? isLow(text.charCodeAt(i + 1)) : isHigh(text.charCodeAt(i - 1));
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;
