import { createHash } from "node:crypto";
import {
  clearRun,
  deleteRun,
  markTaskInstances,
  markWholeRun,
  previewCommand,
  triggerRun,
  type InputOf,
  type Need,
} from "@millrace/api";
import { formatInstant, parseInstant, type Answer, type Command, type Preview, type TaskState } from "@millrace/core";
import type { Caller } from "../access/caller.ts";
import type { RequestFacts } from "../http/call.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { byOf, resultOf } from "./carry-out.ts";
import { getRunFor, requireMatch } from "./find-run.ts";
import { served, type ServedOperation } from "./own-routes.ts";

const KEY = /^[\x21-\x7e]{1,200}$/;
/** Instances that a preview lists unless more are asked for: of 100 000 all would be 7 MB. */
const LISTED = 1_000;

type Done = Extract<Answer, { ok: true }>;
type TriggerBody = InputOf<typeof triggerRun>["body"];

/** Commands about runs: carried out by the owner of the DAG, at once whether or not a scheduler runs. */
export function commandOperations(ports: ServerPorts): readonly ServedOperation[] {
  const { own, commands } = ports;
  interface OnRun {
    readonly caller: Caller;
    readonly params: { readonly runId: number };
    readonly request: RequestFacts;
  }
  const onRun = async (
    { caller, params, request }: OnRun,
    needs: readonly Need[],
    command: (of: { readonly runKey: string; readonly ifVersions?: readonly number[] }) => Command,
  ): Promise<Done> => {
    const run = await getRunFor(ports, params.runId, caller, needs);
    const ifVersions = requireMatch(run, request);
    const wish = command({ runKey: run.runKey, ...(ifVersions && { ifVersions }) });
    return resultOf(await commands.send(run.dagId, wish, byOf(caller)));
  };
  return [
    served(triggerRun, async ({ caller, params: { dagId }, body, request }) => {
      const wish = triggerOf(body);
      const key = request.headers["idempotency-key"];
      if (key === undefined) return resultOf(await commands.send(dagId, wish, byOf(caller)));
      if (typeof key !== "string" || !KEY.test(key))
        throw new Problem(400, { detail: "Idempotency-Key: 1 to 200 visible ASCII characters" });
      return await triggerOnce(ports, { caller, dagId, wish, key });
    }),
    served(previewCommand, async ({ params: { dagId }, body: { command, limit = LISTED } }) => {
      const { instances, ...rest } = await own.previewCommand(dagId, command);
      const changes = countChanges(instances);
      return { ...rest, instances: instances.slice(0, limit), total: instances.length, changes };
    }),
    served(clearRun, async (call) => {
      const { select = {}, version = "newest" } = call.body;
      return await onRun(call, clearRun.access, (of) => ({ kind: "clear", ...of, select, version }));
    }),
    served(markTaskInstances, async (call) => {
      const { select, state } = call.body;
      return await onRun(call, markTaskInstances.access, (of) => ({ kind: "markTasks", ...of, select, state }));
    }),
    served(markWholeRun, async (call) => {
      const { state } = call.body;
      return await onRun(call, markWholeRun.access, (of) => ({ kind: "markRun", ...of, state }));
    }),
    served(deleteRun, async (call) => await onRun(call, deleteRun.access, (of) => ({ kind: "deleteRun", ...of }))),
  ];
}

/** How many instances go from which state to which. */
function countChanges(instances: Preview["instances"]): { from: TaskState | null; to: TaskState; count: number }[] {
  const counts = new Map<string, { from: TaskState | null; to: TaskState; count: number }>();
  for (const { from, to } of instances) {
    const key = `${from ?? ""} ${to}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { from, to, count: 1 });
  }
  return [...counts.values()];
}

function triggerOf({ runKey, logicalDate, runAfter, conf, note }: TriggerBody): Extract<Command, { kind: "trigger" }> {
  return {
    kind: "trigger",
    ...(runKey !== undefined && { runKey }),
    ...(logicalDate !== undefined && { logicalDate: parseInstant(logicalDate, "UTC") }),
    ...(runAfter !== undefined && { runAfter: parseInstant(runAfter, "UTC") }),
    ...(conf !== undefined && { conf: JSON.stringify(conf) }),
    ...(note !== undefined && { note }),
  };
}

/** The run's key is noted before the run is made: whoever asks again after a crash finds the run, or makes it. */
async function triggerOnce(
  { own: { store }, commands, queries, now }: ServerPorts,
  asked: {
    readonly caller: Caller;
    readonly dagId: string;
    readonly wish: Extract<Command, { kind: "trigger" }>;
    readonly key: string;
  },
): Promise<Done> {
  const { dagId, wish, key } = asked;
  const caller = byOf(asked.caller);
  const hash = createHash("sha256")
    .update(JSON.stringify([dagId, wish]))
    .digest("hex");
  const runKey = wish.runKey ?? `manual__${formatInstant(wish.logicalDate ?? now())}`;
  const known = await store.claimKey({ caller, key, hash, runKey });
  if (known.hash !== hash)
    throw new Problem(422, { detail: `the Idempotency-Key ${key} was used for another request` });
  if (known.answer !== undefined) return JSON.parse(known.answer) as Done;
  const answer = await commands.send(dagId, { ...wish, runKey: known.runKey }, caller);
  const run = answer.ok || answer.code !== "CONFLICT" ? undefined : await queries.findRun(dagId, known.runKey);
  // A run of that key which this caller made under this key: an earlier request made it.
  const isOurs = run?.triggeredBy === caller && wish.runKey === undefined;
  const done = isOurs
    ? { ok: true as const, runId: run.runId, runKey: run.runKey, logicalDate: run.logicalDate }
    : resultOf(answer);
  await store.answerKey({ caller, key }, JSON.stringify(done));
  return done;
}
