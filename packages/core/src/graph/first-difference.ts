/** Where two JSON values differ first, and how: `tasks[2].taskId: "a" and then "b"`. Undefined when they are the same. */
export function firstDifference(one: unknown, two: unknown, path = ""): string | undefined {
  if (Object.is(one, two)) return undefined;
  if (!isContainer(one) || !isContainer(two) || Array.isArray(one) !== Array.isArray(two)) {
    return `${path === "" ? "" : `${path}: `}${show(one)} and then ${show(two)}`;
  }
  const [left, right] = [one as Readonly<Record<string, unknown>>, two as Readonly<Record<string, unknown>>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const below = Array.isArray(one) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const found = firstDifference(left[key], right[key], below);
    if (found !== undefined) return found;
  }
  return undefined;
}

const MAX_CHARS = 120;

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text;
}
