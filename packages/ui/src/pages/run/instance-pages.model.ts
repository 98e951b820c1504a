/** Task instances that are read together. */
export const INSTANCES_AT_ONCE = 200;

/** Offsets of the pages that rows from … to (not including) lie on. */
export function pagesOf(from: number, to: number, total: number | undefined): readonly number[] {
  const last = Math.min(to, total ?? INSTANCES_AT_ONCE) - 1;
  const offsets: number[] = [];
  for (
    let page = Math.floor(Math.max(0, from) / INSTANCES_AT_ONCE);
    page * INSTANCES_AT_ONCE <= Math.max(0, last);
    page++
  )
    offsets.push(page * INSTANCES_AT_ONCE);
  return offsets;
}

/** The place that somebody typed, from 1; undefined when it is none. Beyond the end is the last one. */
export function jumpPlace(text: string, total: number): number | undefined {
  const place = Number(text.trim().replaceAll(/[ ,.]/g, ""));
  if (!Number.isInteger(place) || place < 1 || total === 0 || text.trim() === "") return undefined;
  return Math.min(place, total) - 1;
}
