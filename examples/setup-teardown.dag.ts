import { dag } from "millrace";

/** A cluster for the length of the work: it is removed whatever the work did, and made again when the work is cleared. */
export const cluster = dag("cluster", { tags: ["example"] }, ({ setup, teardown, task }) => {
  const cluster = setup("create", () => ({ id: "cluster-1" }));
  const rows = task("query", { input: { cluster }, retries: 1 }, ({ cluster }) => cluster.id.length);
  task("aggregate", { input: { rows } }, ({ rows }) => rows * 2);
  teardown("remove", { setups: [cluster], input: { cluster } }, ({ cluster }, { log }) =>
    log.info("removed", { id: cluster.id }),
  );
});
