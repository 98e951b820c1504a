import { useCallback, useState, type RefCallback } from "react";
import { GRID_SIZES, gridWindow, isSameWindow, type GridWindow, type ScrollPlace } from "./grid-window.model.ts";

/** Where a box that is scrolled from its right end stands now. */
export function scrollPlaceOf(box: HTMLElement): ScrollPlace {
  // In a box that is written from the right, scrollLeft is 0 at the right end and negative to the left of it.
  const names = box.querySelector<HTMLElement>("[role=columnheader]")?.offsetWidth ?? 0;
  return {
    top: box.scrollTop,
    fromEnd: -box.scrollLeft,
    width: box.clientWidth - names,
    height: box.clientHeight - GRID_SIZES.head,
  };
}

const START: ScrollPlace = { top: 0, fromEnd: 0, width: 1_200, height: 800 };

/** Follows how a box is scrolled and sized. The answer changes only when other lines or columns come into sight. */
export function useGridWindow(counts: {
  readonly rows: number;
  readonly runs: number;
}): readonly [GridWindow, RefCallback<HTMLElement>] {
  const [place, setPlace] = useState<ScrollPlace>(START);
  const follow = useCallback((box: HTMLElement | null) => {
    if (!box) return undefined;
    const look = (): void => {
      const next = scrollPlaceOf(box);
      const endless = { rows: Number.MAX_SAFE_INTEGER, runs: Number.MAX_SAFE_INTEGER };
      setPlace((before) => (isSameWindow(gridWindow(before, endless), gridWindow(next, endless)) ? before : next));
    };
    look();
    box.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(box);
    return () => {
      box.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, []);
  return [gridWindow(place, counts), follow];
}
