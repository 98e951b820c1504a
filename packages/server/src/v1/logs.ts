import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { formatInstant, isLive, type ListedInstance, type TaskTry, type TryLogLine } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import { Reply, textReply } from "../http/reply.ts";
import type { ServerPorts } from "../ports.ts";
import { findInstance } from "./find-instance.ts";
import type { V1Handlers } from "./handlers.ts";
import { reprLogs } from "./python-text.ts";

const PURPOSE = "log";
/** Lines of a JSON answer; a token leads on. */
const LINES_PER_ANSWER = 10_000;
/** Between two looks at a try that runs, for who reads it to its end. */
const LOOK_MS = 500;

/** How far a reader has come, as its token keeps it. */
interface Place {
  readonly log_pos: number;
  readonly end_of_log: boolean;
}

/** What is read: a try, as it was found. */
interface Read {
  readonly instance: ListedInstance;
  readonly attempt: TaskTry;
}

/** Logs of tries. */
export function logHandlers(ports: ServerPorts): Pick<V1Handlers, "get_log"> {
  const { logs, signer } = ports;
  return {
    get_log: async ({ params, query, request }) => {
      const place = readToken(signer, query.token);
      const find = async (): Promise<Read> => {
        const mapIndex = query.map_index ?? -1;
        const instance = await findInstance(ports, { ...params, map_index: mapIndex });
        const tries = instance === undefined || instance === "mapped" ? [] : await ports.queries.listTries(instance);
        const attempt = tries.find(({ tryNumber }) => tryNumber === params.task_try_number);
        if (instance === undefined || instance === "mapped" || !attempt)
          throw new Problem(404, { title: "TaskInstance not found" });
        return { instance, attempt };
      };
      const read = await find();
      const isWhole = query.full_content === true;
      if (wantsText(request.accept)) {
        const follow = isWhole ? find : undefined;
        return textReply(Readable.from(textOf(logs, read, { follow, signal: request.signal })));
      }
      const most = isWhole ? Infinity : LINES_PER_ANSWER;
      const { parts, told } = await take(logs, read, { skip: place.log_pos, most });
      const isOver = !isLive(read.attempt.state) && told < most;
      const next: Place = { log_pos: place.log_pos + told, end_of_log: isOver };
      return new Reply({ content: reprLogs(parts), continuation_token: signer.sign(PURPOSE, JSON.stringify(next)) });
    },
  };
}

/** JSON unless text alone is asked for, or asked for first. */
function wantsText(accept: string): boolean {
  const text = accept.indexOf("text/plain");
  const json = accept.indexOf("application/json");
  return text >= 0 && (json < 0 || text < json);
}

/** @throws Problem 400 */
function readToken(signer: ServerPorts["signer"], token: string | undefined): Place {
  if (token === undefined) return { log_pos: 0, end_of_log: false };
  const text = signer.open(PURPOSE, token);
  if (text !== undefined) return JSON.parse(text) as Place;
  throw new Problem(400, { title: "Bad Signature. Please use only the tokens provided by the API." });
}

async function take(
  logs: ServerPorts["logs"],
  { instance, attempt }: Read,
  { skip, most }: { readonly skip: number; readonly most: number },
): Promise<{ readonly parts: readonly (readonly [host: string, text: string])[]; readonly told: number }> {
  const parts: { readonly host: string; readonly lines: string[] }[] = [];
  let told = 0;
  for await (const line of logs.readTry(instance, attempt, skip)) {
    const host = line.host === "" ? (attempt.workerId ?? "") : line.host;
    if (parts.at(-1)?.host !== host) parts.push({ host, lines: [] });
    parts.at(-1)?.lines.push(sayLine(line));
    told += 1;
    if (told === most) break;
  }
  return { parts: parts.map(({ host, lines }) => [host, lines.join("\n")] as const), told };
}

/** The lines as text; with `follow` until the try has ended, or the reader has gone. */
async function* textOf(
  logs: ServerPorts["logs"],
  first: Read,
  { follow, signal }: { readonly follow: (() => Promise<Read>) | undefined; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  let told = 0;
  for (let read = first; ;) {
    for await (const line of logs.readTry(read.instance, read.attempt, told)) {
      if (told === 0) yield `${line.host === "" ? (read.attempt.workerId ?? "") : line.host}\n`;
      told += 1;
      yield `${sayLine(line)}\n`;
    }
    if (!follow || !isLive(read.attempt.state) || signal.aborted) return;
    await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    read = await follow();
  }
}

/** `[2025-10-01T00:00:00.000001+00:00] {task} INFO - message`, as people know it from Airflow. */
function sayLine({ at, source, level, message, fields }: TryLogLine): string {
  const more = fields === undefined ? "" : ` ${JSON.stringify(fields)}`;
  return `[${formatInstant(at)}] {${source}} ${level.toUpperCase()} - ${message}${more}`;
}
