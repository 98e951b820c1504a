import { formatInstant } from "@millrace/core";
import { previewBackfill, previewCommand, type LogLine } from "@millrace/engine";
import type { OwnPorts } from "@millrace/server";
import type { MillraceStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { readOn, type ReadOn } from "./read-on.ts";
import { rulesOf } from "./rules-of.ts";

/** Joins Millrace's own API with store and engine. */
export function makeOwnPorts(config: Config, store: MillraceStore): OwnPorts {
  const rules = rulesOf(config);
  const { engine, queries } = store;
  const { dataFolder } = config.core;
  return {
    store: store.ownApi,
    rules,
    capacity: config.executor.concurrency,
    loadVersion: (dagId, version) => engine.loadGraph(dagId, version),
    previewCommand: (dagId, command) => previewCommand(dagId, command, { store: engine, rules }),
    previewBackfill: async function* (schedule, wish) {
      yield* previewBackfill(queries, schedule, wish, await engine.now());
    },
    readLog: async (instance, tryNumber, before) => {
      const cursor = before as ReadOn | undefined;
      // Who asked for the present try has asked for the one that was present then.
      const wanted = tryNumber ?? cursor?.tryNumber;
      const tries = await queries.listTries(instance);
      const attempt = wanted === undefined ? tries.at(-1) : tries.find((each) => each.tryNumber === wanted);
      if (!attempt) return { lines: [], cursor, isOver: true };
      const read = await readOn({ engine, queries, dataFolder, instance, attempt, cursor });
      return { lines: read.lines.map(textOf), cursor: read.cursor, isOver: !read.isLive };
    },
  };
}

function textOf(line: LogLine): string {
  return JSON.stringify({ ...line, ts: formatInstant(line.ts) });
}
