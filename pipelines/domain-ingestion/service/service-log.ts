/** Levels from the most to the least talkative. */
export const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Takes one event of the service: what happened, in the past tense, and its fields. */
export type ServiceLog = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Options of {@link openServiceLog}. */
export interface ServiceLogOptions {
  /** Least level that is written. */
  readonly level: LogLevel;
  /** True: a JSON object per line. False: text for people. */
  readonly json: boolean;
  readonly write: (line: string) => void;
  readonly nowMs: () => number;
}

/** A log that writes one line per event. */
export function openServiceLog({ level: least, json, write, nowMs }: ServiceLogOptions): ServiceLog {
  return (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const timestamp = new Date(nowMs()).toISOString();
    if (json) write(`${JSON.stringify({ timestamp, level, event, ...fields })}\n`);
    else
      write(
        `${timestamp} ${level} ${event}${Object.entries(fields)
          .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
          .join("")}\n`,
      );
  };
}
