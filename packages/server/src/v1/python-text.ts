/**
 * A JSON value as Python's `repr` prints it: `{'key': [1, 2.5, None, True]}`. Clients of API v1 read such text in error details, XCom values and logs.
 */
export function reprPython(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return reprString(value);
  if (Array.isArray(value)) return `[${value.map(reprPython).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, part]) => `${reprString(key)}: ${reprPython(part)}`)
      .join(", ")}}`;
  }
  return typeof value === "number" ? value.toString() : "None";
}

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`).replaceAll("\n", "\\n") + quote;
}
