import { formatInstant } from "@millrace/core";
import type { LogLine } from "@millrace/engine";
import type { Paint } from "../terminal.ts";

/** A line of a task's log for people: time, level, source unless it is the task itself, message, fields. */
export function showLogLine(line: LogLine, paint: Paint): string {
  const time = formatInstant(line.ts).slice(11, 23).replace("+00:00", "").padEnd(12, " ");
  const source = line.source === "task" ? "" : paint.dim(`[${line.source}] `);
  const fields = line.fields === undefined ? "" : ` ${paint.dim(JSON.stringify(line.fields))}`;
  return `${paint.dim(time)} ${levelMark(line, paint)} ${source}${line.msg}${fields}`;
}

function levelMark({ level }: LogLine, paint: Paint): string {
  switch (level) {
    case "debug":
      return paint.dim("DEBUG");
    case "info":
      return "INFO ";
    case "warn":
      return paint.yellow("WARN ");
    case "error":
      return paint.red("ERROR");
    default:
      throw new Error(`unreachable: ${level satisfies never}`);
  }
}
