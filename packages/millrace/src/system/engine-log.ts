import type { EngineLog } from "@millrace/engine";
import { pino } from "pino";

/** Millrace's own log: one JSON line per event on standard error. */
export function createEngineLog(level: string): EngineLog {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: false }),
  );
}
