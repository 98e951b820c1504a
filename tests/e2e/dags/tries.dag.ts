// How a try ends, and what comes after it: retries, timeouts, signals, sensors, deferrals.
import { setTimeout as wait } from "node:timers/promises";
import { dag, defer, Permanent, RetryAfter, skip, SKIP } from "millrace";

export const retries = dag("retries", { defaults: { retries: 2, retryDelay: "30ms" } }, ({ task }) => {
  const failing = (message: string) => () => {
    throw new Error(message);
  };
  task("always_bad", failing("still bad"));
  task("third_time", (_, { tryNumber, maxTries }) => {
    if (tryNumber < 3) throw new Error(`try ${tryNumber}`);
    return { tryNumber, maxTries };
  });
  task("permanent", () => {
    throw new Permanent("bad row 7");
  });
  task("retry_after", { retryDelay: "1h" }, (_, { tryNumber }) => {
    if (tryNumber === 1) throw new RetryAfter("20ms");
    return tryNumber;
  });
  task("skipped", () => skip("nothing to do"));
  task("skip_value", () => SKIP);
  task(
    "backs_off",
    { retries: 3, retryDelay: "20ms", exponentialBackoff: true, maxRetryDelay: "50ms" },
    failing("busy"),
  );
  task("no_retries", { retries: 0 }, failing("once"));
});

export const timeouts = dag("timeouts", ({ task }) => {
  task("listens", { executionTimeout: "50ms" }, async (_, { signal }) => {
    await wait(60_000, undefined, { signal });
  });
  task("retried", { executionTimeout: "50ms", retries: 1, retryDelay: "1ms" }, async (_, { signal, tryNumber }) => {
    if (tryNumber === 1) await wait(60_000, undefined, { signal });
    return tryNumber;
  });
});

export const runTimeout = dag("run_timeout", { runTimeout: "1500ms" }, ({ task }) => {
  const first = task("first", () => 1);
  const slow = task("slow", { after: [first] }, async (_, { signal }) => {
    await wait(60_000, undefined, { signal });
  });
  task("never", { after: [slow] }, () => 1);
});

const looksUntil = (enough: number) => {
  let looks = 0;
  return () => (looks += 1) >= enough && { looks };
};

export const sensors = dag("sensors", ({ task, sensor }) => {
  for (const mode of ["poke", "reschedule", "defer"] as const) {
    const options = { mode, every: "15ms", timeout: "30s" } as const;
    const found = sensor(`${mode}_found`, options, looksUntil(3));
    task(`after_${mode}`, { input: { found } }, ({ found }, { tryNumber }) => ({ ...found, tryNumber }));
    const never = { ...options, timeout: "60ms", retries: 5 } as const;
    sensor(`${mode}_late`, never, () => false);
    sensor(`${mode}_late_softly`, { ...never, softFail: true }, () => null);
    sensor(`${mode}_fails`, { ...options, retries: 1, retryDelay: "1ms" }, (_, { tryNumber }) => {
      if (tryNumber === 1) throw new Error("cannot look");
      return tryNumber;
    });
    sensor(`${mode}_fails_softly`, { ...options, softFail: true }, () => {
      throw new Permanent("will never be");
    });
    sensor(`${mode}_never_fails`, { ...options, neverFail: true, retries: 3 }, () => {
      throw new Error("cannot look");
    });
    let failed = 0;
    sensor(`${mode}_fails_silently`, { ...options, silentFail: true }, (_, { tryNumber }) => {
      if ((failed += 1) < 3) throw new Error("cannot look");
      return { failed, tryNumber };
    });
    sensor(`${mode}_runs_too_long`, { ...options, executionTimeout: "40ms", softFail: true }, async (_, { signal }) => {
      await wait(60_000, undefined, { signal });
    });
  }
  // The timeout counts from the first look of the first try.
  sensor(
    "across_tries",
    { every: "10ms", timeout: "500ms", retries: 100, retryDelay: "20ms", mode: "reschedule" },
    () => {
      throw new Error("never");
    },
  );
  sensor(
    "growing",
    { every: "10ms", backoff: true, maxWait: "40ms", timeout: "10s", mode: "reschedule" },
    looksUntil(5),
  );
});

export const deferrals = dag("deferrals", ({ task }) => {
  task("until", { retries: 0 }, (_, { resumed, tryNumber }) => {
    if (!resumed) defer({ for: "50ms", state: { kept: 7 } });
    return { ...resumed, tryNumber };
  });
  task(
    "trigger",
    {
      triggers: {
        twice: async (n: number) => {
          await wait(30);
          return n * 2;
        },
      },
    },
    (_, { resumed }) => (resumed ? resumed.event : defer({ trigger: "twice", payload: 21 })),
  );
  task(
    "trigger_late",
    {
      triggers: {
        never: async (_: null, { signal }: { signal: AbortSignal }) => await wait(60_000, undefined, { signal }),
      },
    },
    () => defer({ trigger: "never", timeout: "40ms" }),
  );
  // The execution timeout is that of the whole try, its deferrals with it.
  const short = { executionTimeout: "200ms" } as const;
  task("again_and_again", short, () => defer({ for: "30ms" }));
  task("far_too_long", short, () => defer({ for: "1h" }));
  task(
    "trigger_too_long",
    {
      ...short,
      triggers: {
        never: async (_: null, { signal }: { signal: AbortSignal }) => await wait(60_000, undefined, { signal }),
      },
    },
    () => defer({ trigger: "never" }),
  );
});

/** The same for a while, in a pool of one slot that counts what is deferred. */
export const countedPool = dag("counted_pool", ({ task }) => {
  const triggers = { pause: async () => await wait(100) };
  const options = { pool: "counted", triggers } as const;
  task("first", options, (_, { resumed }) => (resumed ? 1 : defer({ trigger: "pause" })));
  task("second", options, (_, { resumed }) => (resumed ? 2 : defer({ for: "100ms" })));
});

/** Two of these tasks wait in code triggers, in a pool of one slot. */
export const triggerPool = dag("trigger_pool", ({ task }) => {
  const triggers = { pause: async () => await wait(300) };
  const options = { pool: "one", triggers } as const;
  task("first", options, (_, { resumed }) => (resumed ? 1 : defer({ trigger: "pause" })));
  task("second", options, (_, { resumed }) => (resumed ? 2 : defer({ trigger: "pause" })));
});
