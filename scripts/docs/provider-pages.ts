// docs/reference/providers: a page for each folder of providers/ that has a src/provider.ts, from what that file says and from the regions of
// examples/providers/<id>.dag.ts, and an index of them. Write them anew: node scripts/bootstrap.mjs scripts/generate-docs.ts
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describeProvider, isProvider, type ConnectionType, type ProviderDescription } from "@millrace/core";
import { GENERATED, tableRow } from "./markdown.ts";
import { findRegion, operatorLines, regionOf } from "./operator-lines.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const FOLDER = "docs/reference/providers";
/** Its operators have a page of their own, as they come with Millrace. */
const STANDARD = "standard";

interface Found {
  readonly provider: ProviderDescription;
  readonly packageName: string;
}

/** The pages by their path. A provider that cannot be read fails when its page is written, and keeps no other from being so. */
export async function providerPages(): Promise<Readonly<Record<string, () => string>>> {
  const ids = globSync("providers/*/src/provider.ts", { cwd: ROOT })
    .map((file) => file.split(path.sep)[1])
    .sort();
  const found = await Promise.all(ids.map(async (id) => [id, await load(id)] as const));
  const get = (id: string, result: Found | Error): Found => {
    if (result instanceof Error) throw new Error(`providers/${id}: ${result.message}`, { cause: result });
    return result;
  };
  const pages = found
    .filter(([id]) => id !== STANDARD)
    .map(([id, result]) => [pageOf(id), () => providerPage(get(id, result))]);
  return {
    ...(Object.fromEntries(pages) as Record<string, () => string>),
    [`${FOLDER}/README.md`]: () => indexPage(found.map(([id, result]) => get(id, result))),
  };
}

async function load(id: string): Promise<Found | Error> {
  try {
    const folder = path.join(ROOT, "providers", id);
    const { provider } = (await import(pathToFileURL(path.join(folder, "src/provider.ts")).href)) as {
      provider?: unknown;
    };
    if (!isProvider(provider)) throw new Error("src/provider.ts exports no provider by the name `provider`");
    const { name } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { readonly name: string };
    return { provider: describeProvider(provider), packageName: name };
  } catch (error) {
    return error as Error;
  }
}

function pageOf(id: string): string {
  return `${FOLDER}/${id}.md`;
}

function indexPage(found: readonly Found[]): string {
  const rows = found.map(({ provider: { id, title, connectionTypes, operators, parts }, packageName }) =>
    tableRow([
      `[${title}](${id === STANDARD ? "../operators.md" : `${id}.md`})`,
      `\`${packageName}\``,
      connectionTypes.map(({ type }) => `\`${type}\``).join(", "),
      [...operators, ...parts].map(({ name }) => `\`${name}\``).join(", "),
    ]),
  );
  return [
    "# Providers",
    "",
    GENERATED,
    "",
    "A provider is a package that brings an outside system: a connection type with its form and its trial, a client with a lifetime, and operators, sensors",
    "and notifiers made of it. The standard one comes with Millrace; the others are installed beside it (`npm install <package>`), and DAG files import them by",
    "name. `millrace providers list` shows which a project has, `millrace providers get <id>` what one brings. [Write one of your own](../../how-to/write-a-provider.md).",
    "",
    "| Provider | Package | Connection types | Brings |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function providerPage({ provider, packageName }: Found): string {
  const { id, title, doc, connectionTypes, operators, parts } = provider;
  const examples = `examples/providers/${id}.dag.ts`;
  return [
    `# ${title}`,
    "",
    GENERATED,
    "",
    doc.trim(),
    "",
    `Its package is \`${packageName}\`; \`millrace providers get ${id}\` shows what the installed version brings.`,
    ...connectionTypes.flatMap(connectionLines),
    ...operators.flatMap((operator) => operatorLines(operator, regionOf(examples, operator.name))),
    ...parts.flatMap(({ name, doc: partDoc }) => {
      const example = existsSync(path.join(ROOT, examples)) ? findRegion(examples, name) : undefined;
      return ["", `## ${name}`, "", partDoc.trim(), ...(example === undefined ? [] : ["", "```ts", example, "```"])];
    }),
    "",
  ].join("\n");
}

interface Field {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly writeOnly?: boolean;
  readonly properties?: Readonly<Record<string, Field>>;
}

function connectionLines({ type, label, aliases = [], form }: ConnectionType): readonly string[] {
  const { properties = {}, required = [] } = form as Field & { readonly required?: readonly string[] };
  const { extra, ...fields } = properties;
  const inExtra = Object.entries(extra?.properties ?? {}).map(([name, field]) => [`extra.${name}`, field] as const);
  const rows = [...Object.entries(fields), ...inExtra].map(([name, field]) => {
    const { title = "", description = "", default: value, enum: choices, writeOnly } = field;
    const values = choices === undefined ? "" : ` (${choices.map((each) => `\`${String(each)}\``).join(", ")})`;
    return tableRow([
      `\`${name}\``,
      `${[title, description].filter(Boolean).join(". ")}${values}${writeOnly === true ? "; secret" : ""}`,
      required.includes(name) ? "required" : value === undefined ? "" : `\`${JSON.stringify(value)}\``,
    ]);
  });
  const also = aliases.length === 0 ? "" : `, also ${aliases.map((alias) => `\`${alias}\``).join(", ")}`;
  return [
    "",
    `## Connection type ${type}`,
    "",
    `${label} (\`${type}\`${also}); \`millrace connections test <conn_id>\` logs in.`,
    "",
    "| Field | Meaning | Default |",
    "|---|---|---|",
    ...rows,
  ];
}
