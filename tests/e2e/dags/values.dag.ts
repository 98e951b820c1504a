// What tasks know: params, conf, templates, variables, connections, results by key and field.
import { connection, dag, jsonVariable, operator, param, pick, template, variable, type Connection } from "millrace";

const show = operator({
  name: "ShowOperator",
  templated: ["text", "deep"],
  run: (options: { text?: string; deep?: Readonly<Record<string, string>>; plain?: string; value?: unknown }) =>
    options,
});
const reach = operator({
  name: "ReachOperator",
  run: ({ at }: { at: Connection }) => ({ ...at, password: at.password?.reveal(), shown: String(at.password) }),
});

export const params = dag(
  "params",
  { params: { region: "eu", limit: param(10, { type: "integer", minimum: 1 }), mode: "dag" } },
  ({ task, params: p }) => {
    task("all", { params: { mode: "task" } }, (_, { params, conf }) => ({ params, conf }));
    task("option", show({ text: "{{ params.region }} {{ dag_run.conf.get('region', 'none') }}", value: p.limit }));
  },
);

export const templates = dag("templates", { params: { name: "Ada" } }, ({ task }) => {
  const rows = task("rows", (_, { xcom }) => {
    xcom.push("note", { by: "hand" });
    return { count: 3, names: ["a", "b"] };
  });
  const text = [
    "{{ ds }} {{ ts_nodash }} {{ data_interval_start }} {{ logical_date.strftime('%H') }} {{ run_id }}",
    "{{ dag.dag_id }} {{ task.task_id }} {{ ti.try_number }} {{ params.name | upper }} {{ macros.ds_add(ds, 2) }}",
    "{{ var.value.greeting }} {{ var.json.settings.depth }} {{ var.value.get('missing', 'fallback') }}",
    "{{ conn.warehouse.host }}:{{ conn.warehouse.port }} {{ ti.xcom_pull('rows').count }} {{ ti.xcom_pull('rows', key='note').by }}",
  ].join("\n");
  task(
    "rendered",
    { after: [rows] },
    show({ text, deep: { a: "{{ ds_nodash }}" }, plain: "{{ ds }}", value: template("{{ 1 + 1 }}") }),
  );
  task("in_code", { after: [rows] }, async (_, ctx) => ({
    rendered: await ctx.render("{{ ds }}"),
    variable: await ctx.variable("greeting"),
    pulled: await ctx.xcom.pull("rows", { key: "note" }),
    result: await ctx.xcom.pull("rows"),
  }));
  task("undefined_name", show({ text: "{{ no_such_name }}" }));
  task("undefined_field", show({ text: "{{ params.nmae }}" }));
  task("escape", show({ text: "{{ ''.__class__.__mro__ }}" }));
  task("missing_variable", show({ value: variable("no_such_variable") }));
  const note = rows.key<{ by: string }>("note");
  task(
    "inputs",
    { input: { note, count: pick(rows, "count"), list: [pick(rows, "names"), rows.key("none")] } },
    (input) => input,
  );
  task("refs", show({ value: jsonVariable<{ depth: number }>("settings"), plain: variable("greeting") }));
  task("connected", reach({ at: connection("warehouse") }));
});

export const previous = dag("previous", { schedule: null }, ({ task }) => {
  task(
    "shown",
    show({
      text: "{{ prev_data_interval_start_success }}|{{ prev_start_date_success is none }}|{{ prev_ds }}|{{ next_ds }}",
    }),
  );
  task("in_code", async (_, { previousSuccess }) => (await previousSuccess())?.logicalDate ?? "none");
});

export const pushes = dag("pushes", ({ task, map }) => {
  const first = task("first", { retries: 1, retryDelay: "1ms" }, (_, { xcom, tryNumber }) => {
    xcom.push(`try ${tryNumber}`, tryNumber);
    xcom.push("shared", tryNumber);
    if (tryNumber === 1) throw new Error("pushed, and failed");
    return tryNumber;
  });
  const silent = task("silent", { pushResult: false }, () => "not kept");
  const many = map("many", { each: { n: [1, 2] } }, ({ n }, { xcom }) => {
    xcom.push("square", n * n);
    return n;
  });
  task(
    "read",
    {
      input: {
        one: first.key("try 1"),
        two: first.key("try 2"),
        shared: first.key("shared"),
        silent,
        squares: many.key<readonly number[]>("square"),
      },
    },
    ({ one, two, shared, silent, squares }) => ({ one: one ?? null, two, shared, silent: silent ?? null, squares }),
  );
  task("unstorable", () => ({ inner: [Symbol("no")] }));
});
