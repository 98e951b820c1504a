import { isSecretName, MillraceError, type VariableInput } from "@millrace/core";

/**
 * A variable as files hold it, in Airflow's form: its value; where it says more, an object with `value`, `description` and `secret`. A value that
 * is JSON of a list or an object stands as such.
 */
export function variableToFile({ value, description, secret }: VariableInput, key: string): unknown {
  const plain = fromText(value);
  const isSaid = (description ?? "") !== "" || secret !== isSecretName(key) || isDetailed(plain);
  if (!isSaid) return plain;
  return { value: plain, ...(description !== "" && { description }), ...(secret !== isSecretName(key) && { secret }) };
}

/** @throws MillraceError BAD_ARGUMENT naming the variable, never quoting its value. */
export function variableFromFile(key: string, stored: unknown): VariableInput {
  if (!isDetailed(stored)) return { key, value: toText(stored), secret: isSecretName(key) };
  const { value, description = "", secret = isSecretName(key) } = stored;
  if (typeof description !== "string" || typeof secret !== "boolean")
    throw new MillraceError("BAD_ARGUMENT", `the variable ${key}: description must be a text, secret true or false`);
  return { key, value: toText(value), secret, description };
}

type Detailed = { readonly value: unknown; readonly description?: unknown; readonly secret?: unknown };

function isDetailed(stored: unknown): stored is Detailed {
  if (stored === null || typeof stored !== "object" || !("value" in stored)) return false;
  return Object.keys(stored).every((name) => ["value", "description", "secret"].includes(name));
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Numbers and the like stay text: `1.0` would come back as `1`. */
function fromText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
