const MORE = "…";
/** Days on which the page's examples are played; other instants are meant as they stand. */
const INSTANT = /2025-10-0[56]T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/;
const TIME = /\b\d\d:\d\d:\d\d(?:\.\d{3})?\b/;
const SPAN = /\b\d+(?:\.\d+)? ?(?:ms|s|m|h)\b(?: \d+ (?:s|m)\b)?/;
/** Said on a busy machine only. */
const SLOW = /^\S+ takes long to load and is left out$/;
const PARTS = new RegExp(`(${MORE}|${INSTANT.source}|${TIME.source}|${SPAN.source})`);

/** A line as a page shows it, as a pattern: instants, times and spans may be others, `…` is anything. */
export function shownLine(line: string): RegExp {
  const parts = line.trimEnd().split(PARTS);
  return new RegExp(`^${parts.map((part, index) => (index % 2 === 0 ? escape(part) : patternOf(part))).join("")}$`);
}

/** True for a line that says: more is printed here. */
export function isMore(line: string): boolean {
  return line.trim() === MORE;
}

/** What is shown and was not printed, and what was printed and is not shown; order is free, because parallel tasks have none. */
export function compareOutput(shown: readonly string[], printed: readonly string[]): readonly string[] {
  const rest = printed.map((line) => line.trimEnd()).filter((line) => line !== "" && !SLOW.test(line));
  const wrong: string[] = [];
  for (const line of shown) {
    if (isMore(line) || line.trim() === "") continue;
    const pattern = shownLine(line);
    const at = rest.findIndex((candidate) => pattern.test(candidate));
    if (at >= 0) rest.splice(at, 1);
    else wrong.push(`shown, not printed: ${line}`);
  }
  if (!shown.some(isMore)) wrong.push(...rest.map((line) => `printed, not shown: ${line}`));
  return wrong.length === 0 ? [] : [...wrong, "", "printed:", ...printed];
}

function patternOf(part: string): string {
  if (part === MORE) return ".*";
  for (const kind of [INSTANT, TIME, SPAN])
    if (new RegExp(`^(?:${kind.source})$`).test(part)) return kind === INSTANT ? ANY_INSTANT : kind.source;
  throw new Error(`unreachable: ${part}`);
}

const ANY_INSTANT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|\\+00:00)";

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
