/** The DAG files that `exercise_client.py` works on, by name. */
export const COMPAT_DAGS: Readonly<Record<string, string>> = {
  "dags/bash.dag.ts": `import { bash, dag } from "millrace";
export const example = dag("example_bash_operator", { tags: ["example", "compat"], description: "Echoes, then ends." }, ({ task }) => {
  const also = task("also_run_this", bash({ command: 'echo "run of {{ ds }}"' }));
  task("run_this_last", { after: [also] }, () => ({ key: "value" }));
});
`,
  "dags/mapped.dag.ts": `import { dag } from "millrace";
export const mapped = dag("example_mapped", { tags: ["compat"] }, ({ task, map }) => {
  const numbers = task("make_list", () => [1, 2, 3]);
  map("add_one", { each: { number: numbers } }, ({ number }) => number + 1);
});
`,
  "dags/datasets.dag.ts": `import { asset, dag } from "millrace";
const orders = asset("s3://compat/orders");
const prices = asset("s3://compat/prices");
export const producer = dag("example_producer", {}, ({ task }) => {
  task("write", { outlets: [orders] }, (_, { assets }) => assets.attach(orders, { rows: 3 }));
});
export const consumer = dag("example_consumer", { schedule: orders.and(prices) }, ({ task }) => {
  task("read", { inlets: [orders] }, () => "read");
});
`,
  "dags/broken.dag.ts": `import { dag } from "millrace";
export const broken = dag("broken", () => { throw new Error("no such table"); });
`,
};
