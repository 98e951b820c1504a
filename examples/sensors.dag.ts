import { dag, every, Permanent, RetryAfter, skip } from "millrace";

/** Waiting without holding a worker, and errors that mean something. */
export const sensors = dag(
  "sensors",
  { schedule: every("1h"), catchup: false, tags: ["example"] },
  ({ sensor, task }) => {
    // false, null and undefined mean "not yet"; anything else is the result.
    const file = sensor(
      "wait_for_file",
      { every: "30s", timeout: "6h", mode: "reschedule", backoff: true, maxWait: "10m" },
      (_, { tryNumber }) => (tryNumber > 0 ? { path: "/data/orders.csv", rows: 12 } : null),
    );
    task(
      "load",
      { input: { file }, retries: 5, exponentialBackoff: true, maxRetryDelay: "1h" },
      ({ file }, { tryNumber }) => {
        if (file.rows === 0) skip("the file is empty");
        if (file.rows < 0) throw new Permanent("a negative number of rows never gets better");
        if (file.rows > 1_000_000 && tryNumber === 1) throw new RetryAfter("10m", "the database asked for a pause");
        return file.rows;
      },
    );
  },
);
