import {
  bash,
  connection,
  cron,
  dag,
  http,
  python,
  triggerDag,
  waitAfterInterval,
  waitForGroup,
  waitForRun,
  waitForTask,
  waitUntil,
  waitUntilTime,
} from "millrace";

interface Order {
  readonly id: string;
  readonly cents: number;
}

/** The standard operators that wait. The regions here and below are the examples of docs/reference/operators.md. */
export const standardWaits = dag(
  "standard_waits",
  { schedule: cron("0 4 * * *", "Europe/Berlin"), tags: ["example"] },
  ({ task, sensor, empty }) => {
    // #region waitForRun
    const shopDone = sensor(
      "wait_for_shop",
      { timeout: "6h", every: "5m", mode: "defer" },
      waitForRun({ dagId: "shop", before: "1d" }),
    );
    // #endregion
    // #region waitForTask
    const exported = sensor(
      "wait_for_export",
      { timeout: "6h", every: "1m", mode: "defer", softFail: true },
      waitForTask({
        dagId: "shop",
        taskId: ["export.orders", "export.customers"],
        allowedStates: ["success", "skipped"],
      }),
    );
    // #endregion
    // #region waitForGroup
    const checked = sensor(
      "wait_for_checks",
      { timeout: "6h", mode: "reschedule" },
      waitForGroup({ dagId: "shop", groupId: "checks", logicalDate: ({ dataInterval }) => dataInterval.end }),
    );
    // #endregion

    // #region waitUntil
    const open = task(
      "wait_for_opening",
      waitUntil({ at: "{{ data_interval_end | ds }}T06:00", zone: "Europe/Berlin" }),
    );
    // #endregion
    // #region waitUntilTime
    const nine = task("wait_until_nine", waitUntilTime({ time: "09:00", zone: "Europe/Berlin" }));
    // #endregion
    // #region waitAfterInterval
    const late = task("wait_for_late_data", waitAfterInterval({ delay: "30m" }));
    // #endregion

    empty("ready", { after: [shopDone, exported, checked, open, nine, late] });
  },
);

/** The standard operators that do something. */
export const standardOperators = dag(
  "standard_operators",
  { params: { table: "orders" }, tags: ["example"], defaults: { retries: 2, retryDelay: "1m" } },
  ({ task, params }) => {
    // #region http
    const orders = task(
      "fetch_orders",
      http({
        connection: connection("shop_api"),
        url: "/v1/orders",
        query: { day: "{{ ds }}", limit: 1_000 },
        timeout: "30s",
        check: (response) => response.headers["x-complete"] === "true" || "the shop has not closed the day",
        filter: (response) => response.json<readonly Order[]>(),
      }),
    );
    // #endregion

    // #region python
    const totals = task(
      "total_by_customer",
      python({
        source: `
          import json, os, sys
          orders = json.load(sys.stdin)
          print(f"adding up {len(orders)} orders of {sys.argv[1]}")
          with open(os.environ["MILLRACE_RESULT_FILE"], "w") as result:
              json.dump({"cents": sum(order["cents"] for order in orders)}, result)
        `,
        input: orders,
        args: ["{{ ds }}"],
        result: "json",
      }),
    );
    // #endregion

    // #region bash
    const loaded = task(
      "load",
      { after: [totals] },
      bash({
        command: 'echo "loading into $TABLE"; ./load.sh --day {{ ds }} --table "$TABLE"',
        env: { TABLE: params.table },
        cwd: "/opt/orders",
        timeout: "15m",
        permanentExitCodes: [2],
      }),
    );
    // #endregion

    // #region triggerDag
    task(
      "publish",
      { after: [loaded] },
      triggerDag({ dagId: "publish", conf: { day: "{{ ds }}", totals }, wait: true, every: "30s", timeout: "2h" }),
    );
    // #endregion
  },
);
