import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Permanent } from "@millrace/core";
import type { KafkaMessage } from "./message.ts";

/**
 * The lines of a file with an object of JSON in each, as messages: the line as it stands is the value. Empty lines count for nothing. The file is never held
 * in memory.
 *
 * @param keyField the field of each object that is its key. Default no key.
 * @throws Permanent for a line that is no object or has no such field, by its number; the system's error for a file that cannot be read
 */
export async function* readLines(
  file: string,
  { keyField, signal }: { readonly keyField?: string | undefined; readonly signal: AbortSignal },
): AsyncGenerator<KafkaMessage> {
  const lines = createInterface({ input: createReadStream(file, { signal }), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    yield messageOf(line, { keyField, where: `${file}:${number}` });
  }
}

function messageOf(
  line: string,
  { keyField, where }: { readonly keyField: string | undefined; readonly where: string },
): KafkaMessage {
  let object: unknown;
  try {
    object = JSON.parse(line);
  } catch (error) {
    throw Object.assign(new Permanent(`${where}: the line is no JSON: ${(error as Error).message}`), { cause: error });
  }
  if (keyField === undefined) return { value: line };
  const key = (object as Readonly<Record<string, unknown>> | null)?.[keyField];
  if (typeof key === "string" || typeof key === "number") return { value: line, key: String(key) };
  throw new Permanent(`${where}: the line has no text or number in its field ${keyField}`);
}
