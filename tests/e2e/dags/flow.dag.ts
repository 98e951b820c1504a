// What follows what: trigger rules, branches, short circuits, groups, setups and teardowns.
import { dag, Skip, skip, type TriggerRule, type Condition } from "millrace";

const RULES: readonly Exclude<TriggerRule, "all_done_setup_success">[] = [
  "all_success",
  "all_failed",
  "all_done",
  "all_skipped",
  "one_success",
  "one_failed",
  "one_done",
  "none_failed",
  "none_failed_min_one_success",
  "none_skipped",
  "always",
];
const PAIRS = ["ss", "sk", "sf", "su", "kk", "kf", "ku", "ff", "fu", "uu"];

/** Every rule below every pair of upstream outcomes: success, skipped (k), failed, upstream_failed. They end in this order. */
export const rules = dag("rules", { maxActiveTasks: 200 }, ({ task }) => {
  const ok = ["s1", "s2"].map((id) => task(id, () => id));
  const none = ["k1", "k2"].map((id) => task(id, { after: ok }, () => skip("not today")));
  const bad = ["f1", "f2"].map((id) =>
    task(id, { after: none, triggerRule: "all_done" }, () => {
      throw new Error("bad");
    }),
  );
  const lost = ["u1", "u2"].map((id) => task(id, { after: bad }, () => id));
  const of = { s: ok, k: none, f: bad, u: lost };
  for (const triggerRule of RULES) {
    for (const pair of PAIRS) {
      const [first, second] = [...pair] as [keyof typeof of, keyof typeof of];
      task(`${triggerRule}.${pair}`, { after: [of[first][0], of[second][1]], triggerRule }, () => pair);
    }
  }
});

export const branches = dag("branches", { params: { way: "left" } }, ({ task, branch, group, empty }) => {
  const route = branch("route", (_, { params }): "left" | "right" | readonly ("left" | "right")[] | null => {
    if (params.way === "both") return ["left", "right"];
    return params.way === "none" ? null : (params.way as "left" | "right");
  });
  const left = task("left", { after: [route.on("left")] }, () => "left");
  const right = group("right", { after: [route.on("right")] }, ({ task }) => {
    const first = task("first", () => 1);
    task("second", { input: { first } }, ({ first }) => first + 1);
  });
  task("always_after", { after: [route] }, () => 1);
  empty("join", { after: [left, right], triggerRule: "none_failed_min_one_success" });
  task("strict_join", { after: [left, right] }, () => 1);
  // Below the branch by both ways: a chosen way leads to it.
  const shortcut = task(
    "shortcut",
    { after: [left, route.on("right")], triggerRule: "none_failed_min_one_success" },
    () => 1,
  );
  task("after_shortcut", { after: [shortcut] }, () => 1);
});

export const circuits = dag("circuits", { params: { open: false } }, ({ task, shortCircuit }) => {
  const strict = shortCircuit("strict", (_, { params }) => params.open);
  const below = task("strict_below", { after: [strict] }, () => 1);
  task("strict_far", { after: [below], triggerRule: "all_done" }, () => 1);
  const gentle = shortCircuit("gentle", { respectTriggerRules: true }, (_, { params }) => params.open);
  const near = task("gentle_below", { after: [gentle] }, () => 1);
  task("gentle_far", { after: [near], triggerRule: "all_done" }, () => 1);
  task("gentle_follows", { after: [near] }, () => 1);
});

export const conditions = dag("conditions", { params: { mode: "quick" } }, ({ task, sensor, map }) => {
  const isFull: Condition = ({ params }) => params.mode === "full";
  const full = task("full", { runIf: isFull }, () => 1);
  task("after_full", { after: [full] }, () => 1);
  task("quick", { skipIf: async (ctx) => await isFull(ctx) }, () => 1);
  sensor("senses", { timeout: "1s", runIf: isFull }, () => false);
  map("each", { each: { n: [1, 2, 3] }, skipIf: ({ item }) => item.n === 2 }, ({ n }) => n);
  task(
    "broken",
    {
      runIf: () => {
        throw new Error("cannot say");
      },
    },
    () => 1,
  );
});

export const groups = dag(
  "groups",
  { defaults: { owner: "dag", retries: 1, retryDelay: "1ms" } },
  ({ task, group }) => {
    const start = task("start", () => 1);
    const outer = group("outer", { after: [start], defaults: { owner: "outer" } }, ({ task, group }) => {
      const a = task("a", () => 1);
      group("inner", { after: [a], defaults: { retries: 2 } }, ({ task }) => {
        task("b", (_, { tryNumber }) => {
          if (tryNumber < 3) throw new Error(`try ${tryNumber}`);
          return tryNumber;
        });
        task("c", { owner: "own" }, () => 1);
      });
      group("bare", { prefix: false, after: [a] }, ({ task }) => task("unprefixed", () => 1));
    });
    task("end", { after: [outer] }, (_, { upstream }) => upstream().map(({ taskId }) => taskId));
  },
);

export const scopes = dag("scopes", { params: { fail: "" } }, ({ task, setup, teardown }) => {
  const stopAt = (id: string, at: string): void => {
    if (id === at) throw new Error(`${id} fails`);
    if (`skip ${id}` === at) throw new Skip(`${id} skips`);
  };
  const cluster = setup("cluster", (_, { params }) => stopAt("cluster", params.fail));
  const work = task("work", { after: [cluster] }, (_, { params }) => stopAt("work", params.fail));
  const more = task("more", { after: [work] }, () => 1);
  teardown("remove", { setups: [cluster], after: [more] }, (_, { params }) => stopAt("remove", params.fail));
  const disk = setup("disk", () => 1);
  const written = task("write", { after: [disk] }, () => 1);
  teardown("wipe", { setups: [disk], after: [written], onFailureFailRun: true }, (_, { params }) =>
    stopAt("wipe", params.fail),
  );
  task("report", { after: [more, written], triggerRule: "all_done" }, () => 1);
});

export const failsFast = dag("fails_fast", { failFast: true }, ({ task, setup, teardown }) => {
  const box = setup("box", () => 1);
  const long = task("long", { after: [box] }, async (_, { signal }) => {
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  });
  const bad = task("bad", { after: [box] }, async (_, { dags, dagId, runId }) => {
    while ((await dags.stateOf({ dagId, runId, taskId: "long" })) !== "running");
    throw new Error("first failure");
  });
  const late = task("late", { after: [long] }, () => 1);
  teardown("unbox", { setups: [box], after: [late, bad] }, () => 1);
});
