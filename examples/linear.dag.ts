import { cron, dag } from "millrace";

interface Order {
  readonly sku: string;
  readonly cents: number;
}

/** Results flow into inputs: every `input` is an edge. `after` is order alone. */
export const dailyOrders = dag(
  "daily_orders",
  {
    schedule: cron("0 6 * * *", "Europe/Berlin"),
    start: "2025-10-01",
    defaults: { retries: 2, retryDelay: "1m" },
    tags: ["example"],
  },
  ({ task }) => {
    const check = task("check_source", (_, { log }) => log.info("the source is reachable"));
    const orders = task("extract", { after: [check] }, (_, { dataInterval }): readonly Order[] => [
      { sku: `book-${dataInterval.start.slice(0, 10)}`, cents: 1_990 },
      { sku: "pen", cents: 250 },
    ]);
    const total = task("sum", { input: { orders } }, ({ orders }) =>
      orders.reduce((sum, order) => sum + order.cents, 0),
    );
    task("report", { input: { orders, total } }, ({ orders, total }, { log }) =>
      log.info("orders of the day", { count: orders.length, total }),
    );
  },
);
