import type { ConnectionType } from "@millrace/core";
import type { Row } from "./print-rows.ts";

interface FieldSchema {
  readonly title?: string;
  readonly writeOnly?: boolean;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

/** The fields of a type of connections, those of the extra as `extra.name`. */
export function connectionTypeFields({ form }: Pick<ConnectionType, "form">): readonly Row[] {
  const { properties = {}, required = [] } = form as FieldSchema & { readonly required?: readonly string[] };
  const { extra, ...fields } = properties;
  const all = [
    ...Object.entries(fields),
    ...Object.entries(extra?.properties ?? {}).map(([name, field]): [string, FieldSchema] => [`extra.${name}`, field]),
  ];
  return all.map(([name, field]) => ({
    field: name,
    title: field.title ?? "",
    needed: required.includes(name),
    secret: field.writeOnly === true,
    default: field.default === undefined ? "" : String(field.default as string),
    one_of: field.enum === undefined ? "" : field.enum.map(String).join(", "),
  }));
}
