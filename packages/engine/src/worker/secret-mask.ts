import { createMasker, isSecret, type Cause, type Outcome } from "@millrace/core";

/** The secrets that this process has read, and the masking of everything that leaves it for people's eyes. */
export class SecretMask {
  readonly #secrets = new Set<string>();
  #masker: ((text: string) => string) | undefined;

  /** From now on `secret` is masked in logs and causes of every try of this process. */
  add(secret: string): void {
    if (this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#masker = undefined;
  }

  /** Bound, to be handed on. */
  readonly mask = (text: string): string => {
    if (this.#secrets.size === 0) return text;
    this.#masker ??= createMasker(this.#secrets);
    return this.#masker(text);
  };

  maskOutcome(outcome: Outcome): Outcome {
    return this.#secrets.size > 0 && (outcome.kind === "failed" || outcome.kind === "skipped")
      ? { ...outcome, cause: this.#maskCause(outcome.cause) }
      : outcome;
  }

  #maskCause(cause: Cause): Cause {
    return {
      code: cause.code,
      message: this.mask(cause.message),
      ...(cause.stack === undefined ? {} : { stack: this.mask(cause.stack) }),
    };
  }
}

/** Masks every secret that a DAG file has written into options of an operator from now on: a subprocess that gets it may print it. */
export function maskSecrets(options: unknown, mask: Pick<SecretMask, "add">): void {
  if (isSecret(options)) mask.add(options.reveal());
  else if (Array.isArray(options)) for (const one of options) maskSecrets(one, mask);
  else if (typeof options === "object" && options !== null)
    for (const one of Object.values(options)) maskSecrets(one, mask);
}
