import { FlowProducer, Queue, Worker, type FlowJob } from "bullmq";
import { Redis } from "ioredis";
import { packageFacts } from "./package-facts.ts";
import { perSecond, repeat, ROW, type Peer, type PeerSize } from "./peer.ts";
import { startRedis } from "./redis-server.ts";

const CONCURRENCY = 100;
const BATCH = 1_000;
const QUEUE = "bench";

/** A job queue in Redis with flows: a parent waits for its children. */
export const bullmq: Peer = {
  name: "BullMQ",
  ...packageFacts("bullmq"),
  home: "https://bullmq.io",
  settings: `Redis over its Unix socket, every write flushed (appendonly, appendfsync always); a flow of ${ROW} jobs, each the only child of the next; one worker with concurrency ${CONCURRENCY}; finished jobs kept, as by default`,
  async measure(bench, size) {
    const redis = await startRedis(await bench.subfolder("redis"));
    const connection = new Redis(redis.socket, { maxRetriesPerRequest: null });
    const options = { connection };
    const open = { flows: new FlowProducer(options), queue: new Queue(QUEUE, options) };
    const worker = new Worker(QUEUE, () => Promise.resolve(1), { ...options, concurrency: CONCURRENCY });
    try {
      await worker.waitUntilReady();
      return await measureAll({ ...open, worker }, size);
    } finally {
      await Promise.all([worker.close(), open.flows.close(), open.queue.close()]);
      connection.disconnect();
      await redis.stop();
    }
  },
};

interface Open {
  readonly flows: FlowProducer;
  readonly queue: Queue;
  readonly worker: Worker;
}

async function measureAll({ flows, queue, worker }: Open, size: PeerSize): ReturnType<Peer["measure"]> {
  let left = 0;
  let done = (): void => undefined;
  worker.on("completed", () => {
    left -= 1;
    if (left === 0) done();
  });
  const ended = (amount: number): Promise<void> => {
    left = amount;
    return new Promise((resolve) => (done = resolve));
  };
  const amount = size.chains * ROW;
  const sequenceMs = await repeat(size.sequences, async () => {
    const end = ended(ROW);
    await flows.add(nest(ROW));
    await end;
  });
  const chains = await repeat(size.repetitions, async () => {
    const end = ended(amount);
    await flows.addBulk(Array.from({ length: size.chains }, () => nest(ROW)));
    await end;
  });
  const jobs = await repeat(size.repetitions, async () => {
    const end = ended(amount);
    const all = Array.from({ length: amount }, (_, index) => ({ name: "single", data: { index } }));
    for (let from = 0; from < amount; from += BATCH) await queue.addBulk(all.slice(from, from + BATCH));
    await end;
  });
  return { sequenceMs, chainsPerSecond: perSecond(amount, chains), jobsPerSecond: perSecond(amount, jobs) };
}

function nest(jobs: number): FlowJob {
  return {
    name: `step_${jobs}`,
    queueName: QUEUE,
    data: {},
    ...(jobs > 1 && { children: [nest(jobs - 1)] }),
  };
}
