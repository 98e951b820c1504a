import type { EngineLog } from "@millrace/engine";

/** A log that keeps what it was told. */
export interface KeptLog extends EngineLog {
  /** `level event` and the fields, oldest first. */
  readonly lines: readonly string[];
}

/** Makes a log for a test to read. */
export function keepLog(): KeptLog {
  const lines: string[] = [];
  const write = (level: string) => (fields: object, event: string) => {
    lines.push(`${level} ${event} ${JSON.stringify(fields)}`);
  };
  return { lines, debug: () => undefined, info: write("info"), warn: write("warn"), error: write("error") };
}
