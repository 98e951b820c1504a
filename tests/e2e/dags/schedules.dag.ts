// What makes runs, and what holds them back. START is put in by the test: a few minutes ago, on the minute.
import { asset, assetsOrTime, continuous, cron, customTimetable, dag, every, events, once } from "millrace";

declare const START: string;
const minute = (n: number): string => new Date(Date.parse(START) + n * 60_000).toISOString();

export const catchesUp = dag(
  "catches_up",
  { schedule: cron("* * * * *"), start: START, end: minute(3), catchup: true, maxActiveRuns: 2 },
  ({ task, latestOnly }) => {
    const newest = latestOnly("newest");
    task("only_latest", { after: [newest] }, () => 1);
    task("always", (_, { dataInterval, logicalDate }) => ({ ...dataInterval, logicalDate }));
  },
);
export const latest = dag(
  "latest",
  { schedule: cron("* * * * *"), start: START },
  ({ task }) => void task("a", () => 1),
);
export const justOnce = dag("just_once", { schedule: once(), start: START }, ({ task }) => void task("a", () => 1));
export const goesOn = dag(
  "goes_on",
  { schedule: continuous(), pausedUponCreation: true },
  ({ task }) => void task("a", () => 1),
);
export const listed = dag(
  "listed",
  { schedule: events([minute(0), minute(1)]), start: START, catchup: true },
  ({ task }) => void task("a", () => 1),
);
/** Whole minutes as data intervals, but with logical dates in the middle. */
const halfPast = customTimetable("half_past", (after) => {
  const from = Math.max(Date.parse(START), Math.ceil(Date.parse(after) / 60_000) * 60_000);
  const at = (ms: number): string => new Date(from + ms).toISOString();
  return from < Date.parse(minute(2)) ? { start: at(0), end: at(60_000), logicalDate: at(30_000) } : null;
});
export const custom = dag(
  "custom",
  { schedule: halfPast, start: START, catchup: true },
  ({ task }) => void task("a", () => 1),
);

const orders = asset("x-test://orders");
const prices = asset("x-test://prices");
export const makesOrders = dag("makes_orders", ({ task }) => {
  task("write", { outlets: [orders] }, (_, { assets, runId }) => assets.attach(orders, { by: runId }));
});
export const makesPrices = dag("makes_prices", ({ task }) => {
  task("write", { outlets: [prices] }, () => 1);
  task("fails", { outlets: [orders] }, () => {
    throw new Error("writes nothing");
  });
});
export const both = dag("both", { schedule: orders.and(prices) }, ({ task }) => {
  task("read", { inlets: [orders, prices] }, (_, { assets }) =>
    assets.triggering.map(({ uri, extra, taskId }) => ({ uri, extra, taskId })),
  );
});
export const either = dag("either", { schedule: orders.or(prices) }, ({ task }) => void task("read", () => 1));
export const orTime = dag(
  "or_time",
  { schedule: assetsOrTime(prices, cron("* * * * *")), start: START, end: minute(0), catchup: true },
  ({ task }) => void task("read", () => 1),
);

const idleOrders = asset("x-test://idle-orders");
const idlePrices = asset("x-test://idle-prices");
export const makesIdleOrders = dag("makes_idle_orders", ({ task }) => {
  task("write", { outlets: [idleOrders] }, () => 1);
});
export const makesIdlePrices = dag("makes_idle_prices", ({ task }) => {
  task("write", { outlets: [idlePrices] }, () => 1);
});
export const idle = dag("idle", { schedule: idleOrders.and(idlePrices) }, ({ task }) => void task("read", () => 1));

/** Every second run of `step` fails: by its minute. */
export const past = dag("past", { schedule: every("1m"), start: START, end: minute(2), catchup: true }, ({ task }) => {
  task("step", { dependsOnPast: true }, (_, { logicalDate, tryNumber }) => {
    if (Date.parse(logicalDate) === Date.parse(minute(1)) && tryNumber === 1) throw new Error("in the middle");
  });
  const own = task("own", { waitForDownstream: true }, () => 1);
  task("below", { after: [own] }, (_, { logicalDate, tryNumber }) => {
    if (Date.parse(logicalDate) === Date.parse(minute(0)) && tryNumber === 1) throw new Error("at the start");
  });
  task("free", () => 1);
});
export const later = dag(
  "later",
  { schedule: every("1s"), maxActiveRuns: 1, pausedUponCreation: true },
  ({ task }) => void task("step", () => 1),
);
export const gone = dag("gives_up", { maxConsecutiveFailedRuns: 2 }, ({ task }) => {
  task("bad", () => {
    throw new Error("always");
  });
});
