import { readLog } from "@millrace/api";
import { saveFile } from "../../../components/save-file.ts";
import { client } from "../../../server/client.ts";
import { formatTime } from "../../../time/format-time.model.ts";
import { plainText } from "./line-spans.model.ts";
import type { LogOf } from "./log-feed.ts";
import { parseLogRecord } from "./log-record.model.ts";
import { readTextLines } from "./read-text-lines.ts";

/** Lines that are made into one piece of the file; a browser keeps its pieces outside of the page's memory. */
const PIECE_LINES = 20_000;

/** Where a browser finds the log as the server keeps it: a line of JSON each. */
export function logLink(of: LogOf): { readonly href: string; readonly download: string } {
  const { runId, taskId, mapIndex, tryNumber } = of;
  const path = `/api/millrace/v1/runs/${runId}/task-instances/${encodeURIComponent(taskId)}/${mapIndex}/log`;
  return { href: `${path}?try=${tryNumber}&follow=false`, download: `${fileName(of)}.ndjson` };
}

/** Saves the whole log as text, with times in a zone. @throws MillraceError when it cannot be read */
export async function saveLogText(of: LogOf, zone: string): Promise<void> {
  const { tryNumber, ...params } = of;
  const { signal } = new AbortController();
  const stream = await client.stream(readLog, { params, query: { try: tryNumber, follow: false } }, { signal });
  const pieces: Blob[] = [];
  let lines: string[] = [];
  const pack = (): void => {
    pieces.push(new Blob(lines));
    lines = [];
  };
  await readTextLines(
    stream,
    (line) => {
      const { atMs, level, source, text } = parseLogRecord(line);
      const time = Number.isNaN(atMs) ? "" : timeOf(atMs, zone);
      if (lines.push(`${time}${level.toUpperCase().padEnd(5)} [${source}] ${plainText(text)}\n`) === PIECE_LINES)
        pack();
    },
    signal,
  );
  pack();
  saveFile(`${fileName(of)}.log`, new Blob(pieces, { type: "text/plain" }));
}

function timeOf(atMs: number, zone: string): string {
  const { text, zone: name } = formatTime(atMs, zone, "millisecond");
  return `${text} ${name} `;
}

function fileName({ runId, taskId, mapIndex, tryNumber }: LogOf): string {
  const instance = mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
  return `run-${runId}.${instance}.try-${tryNumber}`;
}
