import { diffArrays } from "diff";

/** A line on one side: its number from 1. */
export interface DiffLine {
  readonly number: number;
  readonly text: string;
}

/** A row of two texts side by side. */
export type DiffRow =
  | { readonly kind: "same"; readonly before: DiffLine; readonly after: DiffLine }
  | { readonly kind: "changed"; readonly before?: DiffLine; readonly after?: DiffLine }
  /** Lines that are the same on both sides and were left out. */
  | { readonly kind: "gap"; readonly lines: number; readonly id: number };

/** Same lines that are shown around a change. */
const CONTEXT = 3;

/** Compares two texts line by line; long parts that are the same are left out, unless they are wanted. */
export function diffRows(before: string, after: string, { whole }: { readonly whole: boolean }): readonly DiffRow[] {
  const rows = allRows(before.split("\n"), after.split("\n"));
  return whole ? rows : withGaps(rows);
}

function allRows(before: readonly string[], after: readonly string[]): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let [left, right] = [0, 0];
  let removed: DiffLine[] = [];
  const flush = (added: readonly DiffLine[]): void => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1)
      rows.push({
        kind: "changed",
        ...(index < removed.length && { before: removed[index] }),
        ...(index < added.length && { after: added[index] }),
      });
    removed = [];
  };
  for (const part of diffArrays([...before], [...after])) {
    if (part.removed) {
      removed = part.value.map((text) => ({ number: (left += 1), text }));
    } else if (part.added) {
      flush(part.value.map((text) => ({ number: (right += 1), text })));
    } else {
      flush([]);
      for (const text of part.value)
        rows.push({ kind: "same", before: { number: (left += 1), text }, after: { number: (right += 1), text } });
    }
  }
  flush([]);
  return rows;
}

function withGaps(rows: readonly DiffRow[]): readonly DiffRow[] {
  const isNear = new Uint8Array(rows.length);
  for (const [index, { kind }] of rows.entries())
    if (kind === "changed") isNear.fill(1, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  const kept: DiffRow[] = [];
  for (let index = 0; index < rows.length;) {
    if (isNear[index]) {
      kept.push(rows[index]);
      index += 1;
      continue;
    }
    let end = index;
    while (end < rows.length && !isNear[end]) end += 1;
    kept.push({ kind: "gap", lines: end - index, id: index });
    index = end;
  }
  return kept;
}
