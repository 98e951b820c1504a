// DAGs of an imagined shop, for the tests of the interface and for trying it out: one of each kind that a page has to show.
import { setTimeout as pause } from "node:timers/promises";
import { asset, cron, dag, every, param, Permanent } from "millrace";

const orders = asset("s3://shop/orders");
const prices = asset("s3://shop/prices");
const report = asset("s3://shop/daily-report");

/** Every day. Its check fails when the run's conf says so. */
export const dailyOrders = dag(
  "daily_orders",
  {
    schedule: cron("0 5 * * *", "Europe/Vienna"),
    start: "2026-01-01",
    tags: ["shop", "daily"],
    description: "Orders of a day: fetched, checked, loaded, reported",
    doc: "Fetches the orders of a day from the shop, checks them and loads them.\n\nAsk the **data team** when a check fails.",
    params: {
      rows: param(1_000, {
        type: "integer",
        minimum: 1,
        maximum: 1_000_000,
        title: "Rows",
        description: "How many orders to make up.",
      }),
      failCheck: param(false, { type: "boolean", title: "Fail the check" }),
      region: param("eu", {
        type: "string",
        enum: ["eu", "us", "asia"],
        title: "Region",
        values_display: { eu: "Europe", us: "United States", asia: "Asia" },
      }),
      since: param(null, {
        type: ["string", "null"],
        format: "date",
        title: "Since",
        description: "Only orders from this day on.",
      }),
      mails: param(["data@example.org"], {
        type: "array",
        items: { type: "string" },
        title: "Mail to",
        description: "An address a line.",
        section: "Report",
      }),
      options: param({ dryRun: false }, { type: "object", title: "Options", section: "Report" }),
    },
    defaults: { owner: "data-team", retries: 0 },
    pausedUponCreation: false,
  },
  ({ task, group }) => {
    const fetched = task("fetch_orders", (_, { params, log }) => {
      for (let page = 1; page <= 5; page += 1) log.info(`page ${page} of 5`, { rows: params.rows / 5 });
      return { rows: params.rows, region: params.region };
    });
    const checks = group("checks", ({ task }) => ({
      schema: task("schema", { input: { fetched } }, ({ fetched }) => fetched.rows > 0),
      amounts: task("amounts", { input: { fetched } }, (_, { params, log }) => {
        log.warn("3 orders have an amount of 0");
        if (params.failCheck) throw new Permanent("12 orders have a negative amount: see the column amount of page 3");
        return "fine";
      }),
    }));
    const loaded = task(
      "load",
      { input: { fetched, schema: checks.schema, amounts: checks.amounts }, outlets: [orders] },
      ({ fetched }) => fetched.rows,
    );
    task("report", { input: { loaded }, outlets: [report], doc: "Writes the **daily report**." }, ({ loaded }) => ({
      loaded,
      html: "<b>not markup</b>",
      byHour: Array.from({ length: 24 }, (_, hour) => ({ hour, orders: Math.round(loaded / 24) })),
    }));
  },
);

/** Follows the orders and the prices. */
export const margins = dag(
  "margins",
  {
    schedule: orders.and(prices),
    tags: ["shop"],
    description: "Margins, when orders and prices are new",
    defaults: { owner: "finance" },
    pausedUponCreation: false,
  },
  ({ task }) => {
    task("compute", { inlets: [orders, prices] }, () => 0.31);
  },
);

/** Maps a task over a list, retries, and waits. */
export const priceWatch = dag(
  "price_watch",
  {
    schedule: every("6h"),
    start: "2026-11-01",
    tags: ["shop", "mapped"],
    description: "Prices of each supplier; one of them answers badly at first",
    params: { suppliers: 12, seconds: 0 },
    defaults: { owner: "data-team", retries: 2, retryDelay: "1s" },
  },
  ({ task, map, sensor, branch }) => {
    const open = sensor("suppliers_open", { every: "1s", timeout: "5m", mode: "reschedule" }, () => ({ at: "08:00" }));
    const list = task("list_suppliers", { after: [open] }, (_, { params }) =>
      Array.from({ length: params.suppliers }, (_, index) => `supplier_${index + 1}`),
    );
    const fetched = map(
      "fetch_prices",
      { each: { supplier: list }, mapName: "{{ supplier }}" },
      async ({ supplier }, { log, params, tryNumber }) => {
        log.info(`asking ${supplier}`);
        await pause(params.seconds * 1_000);
        if (supplier === "supplier_3" && tryNumber === 1) throw new Error("503: the supplier is busy");
        return supplier.length;
      },
    );
    const sum = task("sum", { input: { fetched }, outlets: [prices] }, ({ fetched }) =>
      fetched.reduce((total, price) => total + price, 0),
    );
    const route = branch("enough", { input: { sum } }, ({ sum }) => (sum > 50 ? "publish" : "complain"));
    task("publish", { after: [route.on("publish")] }, () => "published");
    task("complain", { after: [route.on("complain")] }, () => "complained");
  },
);

/** Waits for a pool that has no room: why it does not run is what its page is for. */
export const stuck = dag(
  "stuck_in_the_pool",
  { tags: ["shop"], description: "Waits for a pool without room", defaults: { owner: "data-team", pool: "narrow" } },
  ({ task }) => {
    task("wants_a_slot", () => "never");
  },
);

/** Logs a line now and then while it runs. */
export const slowLog = dag(
  "slow_log",
  {
    tags: ["logs"],
    description: "Logs while it runs",
    params: { lines: 40, pauseMs: 500 },
    defaults: { owner: "ops" },
  },
  ({ task }) => {
    task("talk", async (_, { log, params }) => {
      for (let line = 1; line <= params.lines; line += 1) {
        if (line % 10 === 0) log.warn(`line ${line} is a tenth one`);
        else log.info(`line ${line} of ${params.lines}`);
        console.log(`\u001b[32mgreen\u001b[0m and plain, line ${line}`);
        await pause(params.pauseMs);
      }
    });
  },
);
