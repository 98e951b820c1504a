import { diff } from "node:util";

/** Unchanged lines around a change. */
const CONTEXT = 3;

/** The lines that differ between two texts, with three lines around: ` ` both, `-` only a, `+` only b, `…` lines left out. Empty when there is nothing. */
export function diffSource(a: string, b: string): readonly string[] {
  const lines = diff(a.split("\n"), b.split("\n")).map(([operation, text]) => ({
    // util.diff compares what is with what was expected: 1 is only in the first.
    sign: operation === 0 ? " " : operation === 1 ? "-" : "+",
    text,
  }));
  const near = new Set(
    lines.flatMap(({ sign }, index) =>
      sign === " " ? [] : Array.from({ length: 2 * CONTEXT + 1 }, (_, offset) => index - CONTEXT + offset),
    ),
  );
  return lines.flatMap(({ sign, text }, index) => {
    if (near.has(index)) return [`${sign} ${text}`];
    return near.has(index + 1) && index > 0 ? ["…"] : [];
  });
}
