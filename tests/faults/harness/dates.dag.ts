import { cron, dag } from "millrace";

/** Has no dates of its own yet: backfills give it some. */
export const dates = dag("dates", { schedule: cron("@daily"), start: "2100-01-01" }, ({ task }) => {
  const read = task("read", (_, { logicalDate }) => logicalDate.slice(0, 10));
  const count = task("count", { input: { read } }, ({ read: day }) => day.length);
  task("write", { input: { read, count } }, ({ read: day, count: length }) => `${day} ${length}`);
});
