import type { Connection, ConnectionForm, ConnectionType } from "@millrace/core";
import type { Network } from "../network/guarded-network.ts";

/** What a trial may use. */
export interface TrialTools {
  readonly network: Network;
  /** Fires when the trial has taken too long, or nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** Connects and logs in as a connection says. @returns what was reached and as whom. @throws what failed, as a sentence */
export type Trial = (connection: Connection, tools: TrialTools) => Promise<string>;

/** A type of connections with the way to try it. */
export interface KnownType extends Omit<ConnectionType, "canTest"> {
  /** Absent: its host and port are tried. */
  readonly trial?: Trial;
  /** Port where a connection names none. */
  readonly defaultPort?: number;
}

interface Field {
  readonly type: "string" | "integer" | "boolean" | "object" | readonly string[];
  readonly title: string;
  readonly [keyword: string]: unknown;
}

/** A text. */
export function text(title: string, more: Readonly<Record<string, unknown>> = {}): Field {
  return { type: "string", title, ...more };
}

/** A text that forms show as dots, and that is never read back. */
export function secret(title: string, more: Readonly<Record<string, unknown>> = {}): Field {
  return { type: "string", title, format: "password", writeOnly: true, ...more };
}

/** A yes or no. Airflow's URIs can only say them as text. */
export function flag(title: string, fallback: boolean): Field {
  return { type: ["boolean", "string"], title, enum: [true, false, "true", "false"], default: fallback };
}

/** A port, and which one it is without. */
export function port(fallback?: number): Field {
  return {
    type: "integer",
    title: "Port",
    minimum: 0,
    maximum: 65_535,
    ...(fallback !== undefined && { default: fallback }),
  };
}

/** Fields of a form; `extra` are those that stand in the extra, beside which others may. */
export function form(
  fields: Readonly<Record<string, Field>>,
  {
    extra = {},
    required = [],
  }: { readonly extra?: Readonly<Record<string, Field>>; readonly required?: readonly string[] } = {},
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
