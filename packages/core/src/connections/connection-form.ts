import type { ConnectionForm } from "../ports/connection-types.ts";

/** A field of the form of a connection, in words of JSON Schema. */
export interface FormField {
  readonly type: "string" | "integer" | "boolean" | "object" | readonly string[];
  readonly title: string;
  readonly [keyword: string]: unknown;
}

/** A text. */
export function textField(title: string, more: Readonly<Record<string, unknown>> = {}): FormField {
  return { type: "string", title, ...more };
}

/** A text that forms show as dots, and that is never read back. */
export function secretField(title: string, more: Readonly<Record<string, unknown>> = {}): FormField {
  return { type: "string", title, format: "password", writeOnly: true, ...more };
}

/** A yes or no. Airflow's URIs can only say them as text. */
export function flagField(title: string, fallback: boolean): FormField {
  return { type: ["boolean", "string"], title, enum: [true, false, "true", "false"], default: fallback };
}

/** A port, and which one it is without. */
export function portField(fallback?: number): FormField {
  return {
    type: "integer",
    title: "Port",
    minimum: 0,
    maximum: 65_535,
    ...(fallback !== undefined && { default: fallback }),
  };
}

/** Fields of a form; `extra` are those that stand in the extra, beside which others may. */
export function connectionForm(
  fields: Readonly<Record<string, FormField>>,
  {
    extra = {},
    required = [],
  }: { readonly extra?: Readonly<Record<string, FormField>>; readonly required?: readonly string[] } = {},
): ConnectionForm {
  return {
    type: "object",
    additionalProperties: false,
    required,
    properties: {
      ...fields,
      extra: { type: "object", title: "Extra", properties: extra, additionalProperties: true },
    },
  };
}

/** Whether a yes or no of an extra is yes. */
export function isYes(value: unknown): boolean {
  return value === true || value === "true";
}

/** A field of an extra that is a text; undefined when it is missing or empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
