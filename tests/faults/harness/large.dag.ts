import { dag } from "millrace";
import { told } from "./tell.ts";

/** More instances than one commit may touch. */
export const large = dag("large", { maxActiveTasks: 5_000 }, ({ task, map }) => {
  const list = task("list", () => Array.from({ length: 4_100 }, (_, i) => i));
  const each = map("each", { each: { n: list } }, ({ n }) => n * 2);
  task("sum", { input: { each } }, ({ each }, ctx) => told(ctx, [], () => each.reduce((a, b) => a + b, 0)));
  task("odd", { after: [each], triggerRule: "all_failed" }, (_, ctx) => told(ctx, [], () => "all failed"));
});
