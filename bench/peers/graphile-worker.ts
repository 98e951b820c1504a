import { Logger, makeWorkerUtils, run, type Runner, type TaskList, type WorkerUtils } from "graphile-worker";
import { packageFacts } from "./package-facts.ts";
import { perSecond, repeat, ROW, type Peer, type PeerSamples, type PeerSize } from "./peer.ts";

const CONCURRENCY = 24;
const BATCH = 1_000;
const SILENT = new Logger(() => () => undefined);

/** A job queue in PostgreSQL. It has no graphs: a job adds the next one of its row. */
export const graphileWorker: Peer = {
  name: "graphile-worker",
  ...packageFacts("graphile-worker"),
  home: "https://worker.graphile.org",
  settings: `the same PostgreSQL; for the row its defaults; for the others what its page on performance names: concurrency ${CONCURRENCY}, local queue of 500, completions batched (0 ms)`,
  async measure(bench, size) {
    const connectionString = await bench.database("graphile_worker");
    const sequenceMs = await measureRows(connectionString, size);
    return { sequenceMs, ...(await measureMany(connectionString, size)) };
  },
};

/** Counts jobs that have ended. */
class Countdown {
  #left = 0;
  #done: () => void = () => undefined;

  start(amount: number): Promise<void> {
    this.#left = amount;
    return new Promise((done) => (this.#done = done));
  }

  count(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#done();
  }
}

const TASKS = {
  row: async (payload, { addJob }) => {
    const { left } = payload as { left: number };
    if (left > 1) await addJob("row", { left: left - 1 });
  },
  single: () => undefined,
} satisfies TaskList;

async function withRunner<T>(
  connectionString: string,
  preset: GraphileConfig.Preset,
  work: (utils: WorkerUtils, countdown: Countdown) => Promise<T>,
): Promise<T> {
  const countdown = new Countdown();
  const utils = await makeWorkerUtils({ connectionString, logger: SILENT });
  await utils.migrate();
  const runner: Runner = await run({
    connectionString,
    logger: SILENT,
    noHandleSignals: true,
    taskList: TASKS,
    preset,
  });
  // Ended means: its end is in the database.
  runner.events.on("job:complete", () => countdown.count());
  try {
    return await work(utils, countdown);
  } finally {
    await runner.stop();
    await utils.release();
  }
}

function measureRows(connectionString: string, size: PeerSize): Promise<readonly number[]> {
  return withRunner(connectionString, {}, async (utils, countdown) =>
    repeat(size.sequences, async () => {
      const ended = countdown.start(ROW);
      await utils.addJob("row", { left: ROW });
      await ended;
    }),
  );
}

function measureMany(connectionString: string, size: PeerSize): Promise<Omit<PeerSamples, "sequenceMs">> {
  const preset: GraphileConfig.Preset = {
    worker: {
      concurrentJobs: CONCURRENCY,
      maxPoolSize: CONCURRENCY,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  };
  const amount = size.chains * ROW;
  return withRunner(connectionString, preset, async (utils, countdown) => {
    const add = async (identifier: string, payload: object, jobs: number): Promise<void> => {
      const specs = Array.from({ length: jobs }, () => ({ identifier, payload }));
      for (let from = 0; from < jobs; from += BATCH) await utils.addJobs(specs.slice(from, from + BATCH));
    };
    const measure = (identifier: string, payload: object, jobs: number): Promise<readonly number[]> =>
      repeat(size.repetitions, async () => {
        const ended = countdown.start(amount);
        await add(identifier, payload, jobs);
        await ended;
      });
    return {
      chainsPerSecond: perSecond(amount, await measure("row", { left: ROW }, size.chains)),
      jobsPerSecond: perSecond(amount, await measure("single", {}, amount)),
    };
  });
}
