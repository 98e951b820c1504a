import { connection, dag, notifier, operator, param, template, variable, type Connection } from "millrace";

/** An operator is one function from typed options to a result. */
const copyTable = operator({
  name: "CopyTableOperator",
  color: "#80D0FF",
  doc: "Copies rows of one day. Repeatable: the day's partition is replaced.",
  templated: ["query"],
  run: async (
    { from, query, target, limit = 100 }: { from: Connection; query: string; target: string; limit?: number },
    { log, signal },
  ) => {
    signal.throwIfAborted();
    log.info("copying", { host: from.host, query, target, limit });
    return { target, rows: limit };
  },
});

const say = notifier({
  name: "say",
  notify: ({ room }: { room: string }, { log, event, dagId }) => log.info(`${dagId}: ${event}`, { room }),
});

/** Every option also takes a task's result, a param, a variable, a connection or a template. */
export const copy = dag(
  "copy_table",
  {
    params: { limit: param(100, { type: "integer", minimum: 1, maximum: 10_000, description: "Rows per run" }) },
    onFailure: say({ room: "ops" }),
    deadline: "2h",
    tags: ["example"],
  },
  ({ task, params }) => {
    const target = task("choose_target", () => "orders_copy");
    const copied = task(
      "copy",
      { onSuccess: say({ room: "data" }), pool: "default_pool", executionTimeout: "10m" },
      copyTable({
        from: connection("shop"),
        query: "select * from orders where day = '{{ ds }}'",
        target,
        limit: params.limit,
      }),
    );
    task(
      "note",
      { input: { copied, day: template("{{ ds }}"), team: variable("team", "data") } },
      ({ copied, day, team }, { log }) => log.info("copied", { ...copied, day, team }),
    );
  },
);
