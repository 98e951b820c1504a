import { pino, type Logger } from "pino";

/** The server's log: one JSON line per request and per event on standard error. Headers and bodies never get into it. */
export function createServerLog(level: string): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: false }),
  );
}
