/** Browsers draw nothing taller than some ten million pixels; longer logs are scrolled by proportion. */
const MOST_PIXELS = 8_000_000;
/** Height of a line that is not wrapped, in pixels. */
export const LINE_HEIGHT = 20;

/** How a scroll bar of bounded length stands for any number of lines. */
export interface ScrollGeometry {
  /** The last line that can stand at the top. */
  readonly lastTop: number;
  readonly pixelsPerLine: number;
  /** Height of what is scrolled, in pixels. */
  readonly height: number;
  /** True when a pixel is more than a line, so that the wheel must be counted in lines. */
  readonly isScaled: boolean;
}

/** @param bottomLines how many of the last lines fill the view; less than its height says when lines are wrapped */
export function scrollGeometry(lines: number, viewHeight: number, bottomLines: number): ScrollGeometry {
  const lastTop = Math.max(0, lines - bottomLines);
  const wanted = lastTop * LINE_HEIGHT;
  const pixels = Math.min(wanted, MOST_PIXELS);
  return {
    lastTop,
    pixelsPerLine: lastTop === 0 ? LINE_HEIGHT : pixels / lastTop,
    height: pixels + viewHeight,
    isScaled: wanted > MOST_PIXELS,
  };
}

/** How many lines fill the view from below, by their heights from the last upwards; the topmost counts in part. */
export function linesThatFill(heightsFromLast: readonly number[], viewHeight: number): number {
  let left = viewHeight;
  for (const [index, height] of heightsFromLast.entries()) {
    if (height >= left) return index + left / height;
    left -= height;
  }
  return heightsFromLast.length + left / LINE_HEIGHT;
}
