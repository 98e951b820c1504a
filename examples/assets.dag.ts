import { asset, assetsOrTime, cron, dag, every } from "millrace";

const orders = asset("file:///data/orders");
const prices = asset("file:///data/prices");

/** Updates `orders`; what is attached travels with the event. */
export const produceOrders = dag(
  "produce_orders",
  { schedule: every("15m"), catchup: false, tags: ["example"] },
  ({ task }) => {
    task("write", { outlets: [orders] }, (_, { assets }) => assets.attach(orders, { rows: 3 }));
  },
);

/** Runs when both were updated since its last run. */
export const join = dag("join_orders_and_prices", { schedule: orders.and(prices), tags: ["example"] }, ({ task }) => {
  task("join", { inlets: [orders, prices] }, (_, { assets, log }) => {
    for (const { uri, extra } of assets.triggering) log.info("updated", { uri, extra });
  });
});

/** Runs when one of them was updated, and each night anyway. */
export const refresh = dag(
  "refresh",
  { schedule: assetsOrTime(orders.or(prices), cron("0 2 * * *")), tags: ["example"] },
  ({ task }) => {
    task("refresh", (_, { runType }) => runType);
  },
);
