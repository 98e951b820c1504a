import { MillraceError, type OperatorDescription, type ProviderDescription } from "@millrace/core";
import type { InstalledProvider } from "@millrace/server";
import type { Command } from "commander";
import { didYouMean } from "../../near-names.ts";
import { knownProviders, providerIdOf } from "../known-providers.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { connectionTypeFields } from "../output/connection-type-fields.ts";
import { printRecord, printRows, type Row } from "../output/print-rows.ts";
import type { Terminal } from "../terminal.ts";

/** `millrace providers get PROVIDER`: what a provider brings. */
export function makeProvidersGet(shell: Shell): Command {
  return addRowsOptions(
    makeCommand("get", "show what a provider brings: connection types, operators, hooks, notifiers"),
  )
    .argument("<provider>", "its id, like kafka, or the name of its package")
    .action(
      action(shell, async (context, [name]: [string], options: RowsOptions) => {
        const found = requireProvider(await knownProviders(context), name);
        const isForPeople = options.output === "table" || options.output === "plain";
        if (isForPeople && options.columns === undefined) printSections(context.terminal, found, options);
        else printRecord(context.terminal, { ...headOf(found), ...partsOf(found.provider) }, options);
        if (found.fault !== undefined) context.terminal.say(`${found.packageName} cannot be read: ${found.fault}`);
      }),
    );
}

function requireProvider(all: readonly InstalledProvider[], name: string): InstalledProvider {
  const found = all.find((each) => providerIdOf(each) === name || each.packageName === name);
  if (found !== undefined) return found;
  const near = didYouMean(name, all.map(providerIdOf));
  const hint = [near, "`millrace providers list` shows those that are installed."].filter((part) => part !== undefined);
  throw new MillraceError("NOT_FOUND", `no provider "${name}" is installed`, { details: { hint: hint.join(" ") } });
}

function headOf(found: InstalledProvider): Row {
  const { packageName, version, description, provider } = found;
  return {
    provider: providerIdOf(found),
    title: provider?.title ?? "",
    package_name: packageName,
    version,
    description,
    doc: provider?.doc ?? "",
  };
}

function partsOf({ connectionTypes = [], operators = [], parts = [] }: Partial<ProviderDescription> = {}): Row {
  return {
    connection_types: connectionTypes.map(({ type, label, aliases = [], form }) => ({
      type,
      label,
      also: [...aliases],
      fields: connectionTypeFields({ form }),
    })),
    operators: operators.map((operator) => ({
      name: operator.name,
      operator: operator.operatorName,
      kind: operator.kind,
      doc: operator.doc,
      options: optionRows(operator),
    })),
    parts: parts.map(({ name, kind, doc }) => ({ name, kind, doc })),
  };
}

function optionRows({ schema, templated }: OperatorDescription): readonly Row[] {
  const { properties = {}, required = [] } = schema as {
    readonly properties?: Readonly<Record<string, { readonly description?: string; readonly default?: unknown }>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([option, { description = "", default: value }]) => ({
    option,
    needed: required.includes(option),
    template: templated.includes(option),
    default: value === undefined ? "" : JSON.stringify(value),
    meaning: description,
  }));
}

/** A table cannot hold tables: each part has its own, below a line that names it. */
function printSections(terminal: Terminal, found: InstalledProvider, { output }: RowsOptions): void {
  printRecord(terminal, headOf(found), { output });
  const { connectionTypes = [], operators = [], parts = [] } = found.provider ?? {};
  const section = (title: string, rows: readonly Row[]): void => {
    terminal.print("");
    terminal.print(terminal.paint.bold(title));
    if (rows.length > 0) printRows(terminal, rows, { output, empty: "" });
  };
  for (const { type, label, aliases = [], form } of connectionTypes) {
    const names = [type, ...aliases].join(", ");
    section(`connection type ${names} (${label})`, connectionTypeFields({ form }));
  }
  for (const operator of operators)
    section(`${operator.kind} ${operator.name}: ${firstSentence(operator.doc)}`, optionRows(operator));
  for (const { name, kind, doc } of parts) section(`${kind} ${name}: ${firstSentence(doc)}`, []);
}

function firstSentence(doc: string): string {
  return /^[^]*?(?=\.\s|\n\n|$)/.exec(doc.trim())?.[0].replaceAll(/\s+/g, " ") ?? "";
}
