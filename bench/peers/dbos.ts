import { DBOS } from "@dbos-inc/dbos-sdk";
import { packageFacts } from "./package-facts.ts";
import { perSecond, repeat, ROW, type Peer } from "./peer.ts";

const POOL = 20;
const silent = (): void => undefined;

/** Durable functions in PostgreSQL: a workflow's steps are kept as they end. */
export const dbos: Peer = {
  name: "DBOS",
  ...packageFacts("@dbos-inc/dbos-sdk"),
  home: "https://www.dbos.dev",
  settings: `the same PostgreSQL; a workflow of ${ROW} steps in the process that starts it; pool of ${POOL} connections (its default is 10), no tracing`,
  async measure(bench, size) {
    DBOS.setConfig({
      name: "bench",
      // It wants a host in the URL; the one of the query, a Unix socket, comes before it.
      systemDatabaseUrl: (await bench.database("dbos")).replace("@/", "@localhost/"),
      systemDatabasePoolSize: POOL,
      logger: { info: silent, debug: silent, warn: silent, error: (entry) => console.error(entry) },
    });
    const row = DBOS.registerWorkflow(
      async () => {
        let last = 0;
        for (let step = 0; step < ROW; step += 1)
          last = await DBOS.runStep(() => Promise.resolve(last + 1), { name: `step_${step}` });
        return last;
      },
      { name: "row" },
    );
    await DBOS.launch();
    try {
      const sequenceMs = await repeat(size.sequences, async () => void (await row()));
      const times = await repeat(size.repetitions, async () => {
        await Promise.all(Array.from({ length: size.chains }, () => row()));
      });
      return { sequenceMs, chainsPerSecond: perSecond(size.chains * ROW, times) };
    } finally {
      await DBOS.shutdown();
    }
  },
};
