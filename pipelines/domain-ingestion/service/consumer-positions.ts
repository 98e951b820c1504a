import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, listFolder, replaceFile } from "./durable-file.ts";
import type { Positions } from "./event-log.ts";
import { checkLogName } from "./log-name.ts";

/** How far every consumer of a log has read, each in a file of its own. */
export interface ConsumerPositions {
  /** Empty when the consumer never saved any. */
  find(consumer: string, topic: string): Promise<Positions>;
  save(consumer: string, topic: string, positions: Positions): Promise<void>;
  /** The offset in `partition` before which every consumer has read everything; 0 while there is no consumer. */
  readByAll(topic: string, partition: number): Promise<number>;
}

/** Opens the positions that are kept in `folder`. */
export function openConsumerPositions(folder: string): ConsumerPositions {
  const fileOf = (consumer: string, topic: string): string =>
    join(folder, checkLogName(consumer, "consumer"), `${checkLogName(topic, "topic")}.json`);
  const find = async (consumer: string, topic: string): Promise<Positions> => {
    try {
      return JSON.parse(await readFile(fileOf(consumer, topic), "utf8")) as Positions;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return {};
      throw error;
    }
  };
  return {
    find,
    save: (consumer, topic, positions) => replaceFile(fileOf(consumer, topic), `${JSON.stringify(positions)}\n`),
    readByAll: async (topic, partition) => {
      const consumers = await listFolder(folder);
      const saved = await Promise.all(consumers.map((consumer) => find(consumer, topic)));
      return saved.length === 0 ? 0 : Math.min(...saved.map((positions) => positions[partition] ?? 0));
    },
  };
}
