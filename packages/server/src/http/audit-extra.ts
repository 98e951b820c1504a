const SECRET = /passw|secret|token|api[_-]?key|access[_-]?key|authorization|passphrase|private[_-]?key/i;
/** Whole values of these operations are secret or may hold secrets, whatever their keys are called. */
const SECRET_FIELDS: Readonly<Record<string, readonly string[]>> = {
  connection: ["password", "extra", "uri", "value"],
  variable: ["value", "val"],
};

/** The body of a write as the audit keeps it: JSON text with secret-looking values masked, at most 4 000 characters. Undefined without a body. */
export function auditExtra(operationId: string, body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  const whole = Object.entries(SECRET_FIELDS).find(([thing]) => operationId.toLowerCase().includes(thing))?.[1] ?? [];
  const text = JSON.stringify(body, (key, value: unknown) =>
    key !== "" && value !== null && (SECRET.test(key) || whole.includes(key)) ? "***" : value,
  );
  return text.length > 4_000 ? JSON.stringify({ truncated: text.slice(0, 3_900) }) : text;
}
