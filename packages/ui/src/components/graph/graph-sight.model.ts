import type { Box, GraphLayout } from "./graph-layout.model.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Texts are read down to this zoom; what does not fit at it is looked at from its beginning. */
const READABLE = 0.55;
const MARGIN = 24;

/** How a graph is looked at first: whole and in the middle where it can be read so, else from its beginning. */
export function firstSight(
  { width, height }: GraphLayout,
  view: Size,
): { readonly x: number; readonly y: number; readonly zoom: number; readonly isWhole: boolean } {
  const fitting = Math.min((view.width - 2 * MARGIN) / width, (view.height - 2 * MARGIN) / height, 1);
  if (fitting >= READABLE)
    return {
      zoom: fitting,
      x: (view.width - width * fitting) / 2,
      y: (view.height - height * fitting) / 2,
      isWhole: true,
    };
  const zoom = READABLE;
  const along = (whole: number, seen: number): number =>
    whole * zoom + 2 * MARGIN <= seen ? (seen - whole * zoom) / 2 : MARGIN;
  return { zoom, x: along(width, view.width), y: along(height, view.height), isWhole: false };
}

/** Looks at a box, in the middle. */
export function sightOf(
  box: Box,
  view: Size,
  zoom: number,
): { readonly x: number; readonly y: number; readonly zoom: number } {
  return {
    zoom,
    x: view.width / 2 - (box.x + box.width / 2) * zoom,
    y: view.height / 2 - (box.y + box.height / 2) * zoom,
  };
}
