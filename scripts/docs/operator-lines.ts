import { readFileSync } from "node:fs";
import path from "node:path";
import type { OperatorDescription } from "@millrace/core";
import { tableRow } from "./markdown.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

interface Property {
  readonly description?: string;
  readonly default?: unknown;
}

/** An operator as a reference page shows it: its documentation, its example, its options. */
export function operatorLines(
  { name, doc, schema, templated }: Pick<OperatorDescription, "name" | "doc" | "schema" | "templated">,
  example: string,
): readonly string[] {
  const { properties = {}, required = [] } = schema as {
    readonly properties?: Readonly<Record<string, Property>>;
    readonly required?: readonly string[];
  };
  const rows = Object.entries(properties).map(([option, { description = "", default: value }]) => {
    const standsFor = value === undefined ? "" : `\`${JSON.stringify(value)}\``;
    const isRequired = required.includes(option);
    return tableRow([
      `\`${option}\``,
      description,
      isRequired ? "required" : standsFor,
      templated.includes(option) ? "yes" : "",
    ]);
  });
  return [
    "",
    `## ${name}`,
    "",
    doc,
    "",
    "```ts",
    example,
    "```",
    ...(rows.length === 0 ? [] : ["", "| Option | Meaning | Default | Template |", "|---|---|---|---|", ...rows]),
  ];
}

/** The text of `// #region name` in a file of the repository. @throws Error when there is none */
export function regionOf(file: string, name: string): string {
  const found = findRegion(file, name);
  if (found === undefined) throw new Error(`${file} has no region ${name}: give it an example`);
  return found;
}

/** As {@link regionOf}; undefined when there is none. */
export function findRegion(file: string, name: string): string | undefined {
  const source = readFileSync(path.join(ROOT, file), "utf8");
  const region = new RegExp(`^( *)// #region ${name}\\n([\\s\\S]*?)^ *// #endregion`, "m").exec(source);
  if (!region) return undefined;
  const [, indent, text] = region;
  return text
    .split("\n")
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join("\n")
    .trimEnd();
}
