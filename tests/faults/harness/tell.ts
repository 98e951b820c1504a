// Copied into the project under test beside the DAG files: what bodies write down, and where they kill processes when a test asks for it.
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, watch } from "node:fs";
import { join } from "node:path";
import type { Context } from "millrace";

const FOLDER = join(import.meta.dirname, "..");

/** A result that says which call of the body made it. */
export interface Told<T = unknown> {
  readonly nonce: string;
  readonly value: T;
}

/** A kill -9 that a body carries out once, by itself. */
export interface Strike {
  readonly runKey: string;
  readonly taskId: string;
  /**
   * body: after it has begun. unsent: its result is known to the worker alone. sent: just after the worker has sent it. storing: while its result is
   * written to the blob store. stored: when the result lies there. look: in a sensor's look. callback: while a callback of the task, or of the run, runs.
   */
  readonly at: "body" | "unsent" | "sent" | "storing" | "stored" | "look" | "callback";
  readonly whom: "worker" | "scheduler";
}

/** A line of the file where bodies write down what they do in the world. */
export interface Deed {
  readonly phase: "boot" | "start" | "end" | "look" | "callback";
  readonly runKey: string;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly tryNumber: number;
  readonly nonce: string;
  /** Nonces of the inputs. */
  readonly saw: readonly string[];
}

/** Who acts: the context of a body or a callback. */
type Actor = Partial<Pick<Context, "taskId" | "mapIndex" | "tryNumber">> & Pick<Context, "runId">;

/** Writes down that something happened. */
export function note(ctx: Actor, phase: Deed["phase"], more: Partial<Deed> = {}): void {
  const { runId, taskId = "", mapIndex = -1, tryNumber = 0 } = ctx;
  const deed: Deed = { phase, runKey: runId, taskId, mapIndex, tryNumber, nonce: "", saw: [], ...more };
  appendFileSync(join(FOLDER, "deeds.jsonl"), `${JSON.stringify(deed)}\n`);
  if (phase === "look" || phase === "callback") strike(ctx, phase);
}

/** What has been written down so far by one task of this run. */
export function deedsOf({ runId, taskId }: Context): readonly Deed[] {
  const lines = readFileSync(join(FOLDER, "deeds.jsonl"), "utf8").split("\n").slice(0, -1);
  const deeds = lines.map((line) => JSON.parse(line) as Deed);
  return deeds.filter((deed) => deed.runKey === runId && deed.taskId === taskId);
}

/** Does the work of a body: writes down its start and its end, and gives the result a nonce of its own. */
export function told<T>(ctx: Context, saw: readonly Told[], work: () => T): Told<T> {
  const nonce = randomUUID();
  note(ctx, "start", { nonce, saw: saw.map((input) => input.nonce) });
  strike(ctx, "body");
  const value = work();
  for (const at of ["unsent", "sent", "storing", "stored"] as const) strike(ctx, at);
  note(ctx, "end", { nonce });
  return { nonce, value };
}

function strike(ctx: Actor, at: Strike["at"]): void {
  const order = join(FOLDER, "strike.json");
  if (!existsSync(order)) return;
  const wish = JSON.parse(readFileSync(order, "utf8")) as Strike;
  if (wish.runKey !== ctx.runId || wish.taskId !== (ctx.taskId ?? "") || wish.at !== at) return;
  const kill = (): void => {
    if (!existsSync(order)) return;
    renameSync(order, `${order}.done`);
    process.kill(wish.whom === "worker" ? process.pid : process.ppid, "SIGKILL");
  };
  switch (at) {
    case "body":
    case "look":
    case "callback":
      return kill();
    // When what the result sets off is done: the worker sends once per turn of its event loop, later in the turn than this.
    case "unsent":
      return queueMicrotask(() => process.nextTick(kill));
    case "sent":
      return void setImmediate(() => setImmediate(kill));
    case "storing":
    case "stored":
      return onBlob(ctx as Context, (name) => name.endsWith(".draft") === (at === "storing") && kill());
    default:
      throw new Error(`unreachable: ${at satisfies never}`);
  }
}

/** Tells of files that appear where this body's result goes. */
function onBlob({ tryId, taskId }: Context, tell: (name: string) => void): void {
  const folder = join(FOLDER, ".millrace/blobs/runs", tryId.split("/")[0], taskId);
  mkdirSync(folder, { recursive: true });
  watch(folder, { persistent: false }, (_, name) => tell(name ?? ""));
}
