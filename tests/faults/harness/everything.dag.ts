import { asset, dag, defer, notifier, Permanent, type CallbackContext } from "millrace";
import { deedsOf, note, told } from "./tell.ts";

const data = asset("file:///data/everything");
const heard = (ctx: CallbackContext): void => note(ctx, "callback", { nonce: ctx.event });
const sent = notifier({
  name: "sent",
  notify: ({ room }: { room: string }, ctx) => note(ctx, "callback", { nonce: `${room} ${ctx.event}` }),
});

/** One of each kind of thing that can be lost or doubled. Ends in success. */
export const everything = dag(
  "everything",
  { onSuccess: heard, maxActiveTasks: 64, defaults: { retryDelay: "20ms" } },
  ({ task, map, branch, sensor, setup, teardown, empty }) => {
    const first = task("first", (_, ctx) => told(ctx, [], () => 1));
    const second = task("second", { input: { first } }, ({ first }, ctx) => told(ctx, [first], () => first.value + 1));
    const third = task("third", { input: { second }, onSuccess: sent({ room: "data" }) }, ({ second }, ctx) => {
      ctx.xcom.push("note", second.value);
      return told(ctx, [second], () => second.value + 1);
    });

    const items = task("items", () => [1, 2, 3, 4]);
    const doubled = map("doubled", { each: { item: items }, pool: "narrow" }, ({ item }, ctx) =>
      told(ctx, [], () => item * 2),
    );
    const sum = task("sum", { input: { doubled } }, ({ doubled }, ctx) =>
      told(ctx, doubled, () => doubled.reduce((total, one) => total + one.value, 0)),
    );

    // Fails as long as a retry is left: once in every run, however often it was lost.
    task("flaky", { input: { first }, retries: 1, onRetry: heard }, ({ first }, ctx) =>
      told(ctx, [first], () => {
        if (ctx.tryNumber < ctx.maxTries) throw new Error("not this time");
        return "at last";
      }),
    );
    const doomed = task("doomed", { input: { first }, onFailure: heard }, ({ first }, ctx) =>
      told(ctx, [first], () => {
        throw new Permanent("never");
      }),
    );
    task("regardless", { after: [doomed], triggerRule: "all_done" }, (_, ctx) =>
      told(ctx, [], () => ctx.upstream()[0].state),
    );

    const cluster = setup("cluster", (_, ctx) => told(ctx, [], () => "c-1"));
    task("query", { input: { cluster } }, ({ cluster }, ctx) => told(ctx, [cluster], () => cluster.value.length));
    teardown("remove", { setups: [cluster], input: { cluster } }, ({ cluster }, ctx) =>
      told(ctx, [cluster], () => null),
    );

    const route = branch("route", { input: { sum } }, ({ sum }) => (sum.value > 10 ? "large" : "small"));
    const large = empty("way_large", { after: [route.on("large")] });
    const small = empty("way_small", { after: [route.on("small")] });
    task("meet", { after: [large, small], triggerRule: "none_failed_min_one_success" }, (_, ctx) =>
      told(ctx, [], () => ctx.upstream().map(({ taskId, state }) => `${taskId} ${state}`)),
    );

    const seen = sensor("seen", { every: "20ms", timeout: "1h", mode: "reschedule" }, (_, ctx) => {
      note(ctx, "look");
      return deedsOf(ctx).length > 2 && { found: true };
    });
    task("later", { input: { seen } }, ({ seen }, ctx) => {
      note(ctx, "look");
      if (!ctx.resumed) defer({ for: "20ms", state: { kept: seen.found } });
      return told(ctx, [], () => ctx.resumed?.state);
    });

    const blob = task("blob", (_, ctx) => told(ctx, [], () => "x".repeat(50_000)));
    task("size", { input: { blob } }, ({ blob }, ctx) => told(ctx, [blob], () => blob.value.length));

    task("publish", { input: { third, sum }, outlets: [data] }, ({ third, sum }, ctx) => {
      ctx.assets.attach(data, { rows: sum.value });
      return told(ctx, [third, sum], () => third.value + sum.value);
    });
  },
);

/** Runs when `everything` has published. */
export const follower = dag("follower", { schedule: data, onSuccess: heard }, ({ task }) => {
  const follow = task("follow", (_, ctx) => told(ctx, [], () => ctx.runType));
  task("after", { input: { follow } }, ({ follow }, ctx) => told(ctx, [follow], () => follow.value.length));
});
