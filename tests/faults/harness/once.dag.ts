import { dag } from "millrace";
import { told } from "./tell.ts";

/** A payment that must not be made twice. */
export const once = dag("once", ({ task }) => {
  const charge = task("charge", { singleAttempt: true }, (_, ctx) => told(ctx, [], () => "paid"));
  task("receipt", { input: { charge } }, ({ charge }, ctx) => told(ctx, [charge], () => charge.value.length));
});
