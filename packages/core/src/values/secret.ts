const MASK = "***";

/** Secrets shorter than this are not masked in text: hiding every "a" would make logs unreadable without hiding anything. */
const SHORTEST_MASKED = 3;

/** Lines of a secret with several lines (a private key) are masked one by one from this length on, because logs are read by line. */
const SHORTEST_MASKED_LINE = 8;

/**
 * A string that prints as `***` wherever it turns up by accident: in templates of strings, JSON, logs and the debugger.
 * Only {@link Secret.reveal} gives the text. A secret cannot be stored in a result.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it at the last moment, where the text is used. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  // The registered symbol keeps `node:util` out of this package and still covers `console.log`.
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return MASK;
  }
}

/** True for a {@link Secret}. */
export function isSecret(value: unknown): value is Secret {
  return value instanceof Secret;
}

/**
 * `text` with every occurrence of a secret replaced by `***`, also where it is written percent-encoded or JSON-escaped.
 * Secrets shorter than 3 characters are left alone. For many texts and the same secrets use {@link createMasker}.
 */
export function maskText(text: string, secrets: Iterable<string | Secret>): string {
  return createMasker(secrets)(text);
}

/** {@link maskText} with the secrets prepared once, for a stream of log lines. */
export function createMasker(secrets: Iterable<string | Secret>): (text: string) => string {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const form of writtenForms(isSecret(secret) ? secret.reveal() : secret)) forms.add(form);
  }
  if (forms.size === 0) return (text) => text;
  // Longest first: a secret that contains another one must vanish whole.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escapePattern).join("|"), "g");
  return (text) => text.replace(pattern, MASK);
}

function writtenForms(secret: string): readonly string[] {
  if (secret.length < SHORTEST_MASKED) return [];
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST_MASKED_LINE);
  const jsonEscaped = JSON.stringify(secret).slice(1, -1);
  return [secret, jsonEscaped, encodeURIComponent(secret.toWellFormed()), ...lines];
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
