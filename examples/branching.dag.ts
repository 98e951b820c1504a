import { dag } from "millrace";

/** Ways to go: a branch names keys, tasks follow with `route.on(key)`. What is not chosen is skipped. */
export const branching = dag(
  "branching",
  { params: { minimum: 10 }, tags: ["example"] },
  ({ task, branch, shortCircuit, latestOnly, group, empty }) => {
    const rows = task("count_rows", () => 42);
    const route = branch("enough", { input: { rows } }, ({ rows }, { params }) =>
      rows >= params.minimum ? "publish" : "alert",
    );
    const publish = group("publish", { after: [route.on("publish")] }, ({ task }) => {
      const file = task("write", () => "orders.json");
      task("announce", { input: { file } }, ({ file }, { log }) => log.info("published", { file }));
    });
    const alert = task("alert", { after: [route.on("alert")] }, (_, { log }) => log.warn("too few rows"));
    // Both ways meet again: one of them was skipped.
    const done = empty("done", { after: [publish, alert], triggerRule: "none_failed_min_one_success" });

    const isWeekday = shortCircuit(
      "weekday",
      { after: [done] },
      (_, { logicalDate }) => ![0, 6].includes(new Date(logicalDate).getUTCDay()),
    );
    const newest = latestOnly("newest_run_only", { after: [isWeekday] });
    task("tell_people", { after: [newest] }, (_, { upstream }) => upstream().length);
  },
);
