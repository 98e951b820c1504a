import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Connection } from "../dsl/connection.ts";
import { MillraceError } from "../errors.ts";
import type { ConnectionType } from "../ports/connection-types.ts";
import { connectionFields } from "./connection-text.ts";

/**
 * Holds a connection against the form of its type. A type that nobody declares takes anything.
 *
 * @throws MillraceError BAD_ARGUMENT naming the field and what fits, never quoting what was given
 */
export function validateConnection(connection: Connection, type: ConnectionType | undefined): void {
  const fault = type && findConnectionFault(connection, type);
  if (fault === undefined) return;
  throw new MillraceError("BAD_ARGUMENT", `connection ${connection.id} of type ${connection.type}: ${fault}`, {
    details: { connectionId: connection.id, hint: "`millrace connections types` shows the fields of each type." },
  });
}

function findConnectionFault(connection: Connection, { form }: ConnectionType): string | undefined {
  // Connections are written by people, now and then: compiling costs a millisecond.
  const ajv = new Ajv2020({ strict: false, logger: false, addUsedSchema: false });
  formats.default(ajv);
  const { conn_type: _type, description: _description, ...fields } = connectionFields(connection);
  const validate = ajv.compile(form);
  return validate({ ...fields, extra: connection.extra }) ? undefined : complaint(validate.errors?.[0]);
}

function complaint(error: ErrorObject | undefined): string {
  const field = error?.instancePath.slice(1).replaceAll("/", ".") ?? "";
  const { missingProperty, additionalProperty, allowedValues } = (error?.params ?? {}) as {
    readonly missingProperty?: string;
    readonly additionalProperty?: string;
    readonly allowedValues?: readonly unknown[];
  };
  const at = (name: string): string => (field === "" ? name : `${field}.${name}`);
  if (missingProperty !== undefined) return `it needs ${at(missingProperty)}`;
  if (additionalProperty !== undefined) return `it has no ${at(additionalProperty)}`;
  if (allowedValues !== undefined) return `${field} must be one of ${allowedValues.map(String).join(", ")}`;
  return `${field} ${error?.message ?? "does not fit"}`;
}
