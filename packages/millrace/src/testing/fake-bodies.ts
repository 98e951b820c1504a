import {
  MillraceError,
  nearName,
  parseDuration,
  type Body,
  type BuiltDag,
  type Context,
  type Duration,
  type Micros,
} from "@millrace/core";
import type { Failures, FakeBody, TestContext } from "./test-options.ts";

const TAKES = Symbol("millrace.takes");

/** A result that comes after a while. */
export interface DelayedResult {
  readonly [TAKES]: Duration;
  readonly value: unknown;
}

/** As a result: the task takes so long by the clock of the test, then it returns `value`. So timeouts and deadlines can be met. */
export function takes(duration: Duration, value?: unknown): DelayedResult {
  parseDuration(duration);
  return { [TAKES]: duration, value };
}

/** What stands in for the code of tasks. */
export interface Fakes {
  readonly results?: Readonly<Record<string, unknown>>;
  readonly bodies?: Readonly<Record<string, FakeBody>>;
  readonly failures?: Readonly<Record<string, Failures>>;
}

/** Sleeps by the clock of the test. */
export type Sleep = (micros: Micros, signal: AbortSignal) => Promise<void>;

/**
 * The DAG with other code for some of its tasks. Its graph stays, so everything is planned as it will be.
 *
 * @throws MillraceError BAD_ARGUMENT for a task that the DAG does not have, or that runs no code.
 */
export function withFakes(dag: BuiltDag, fakes: Fakes, sleep: Sleep): BuiltDag {
  const bodies = new Map(dag.bodies);
  for (const [taskId, value] of Object.entries(fakes.results ?? {}))
    bodies.set(taskId, withResult(replaceable(dag, taskId), value, sleep));
  for (const [taskId, fake] of Object.entries(fakes.bodies ?? {})) {
    const body = replaceable(dag, taskId);
    if (taskId in (fakes.results ?? {}))
      throw new MillraceError("BAD_ARGUMENT", `the test gives ${taskId} both a result and a body: leave one out`);
    bodies.set(taskId, { ...body, run: (values, ctx) => fake(values, withSleep(ctx, sleep)) });
  }
  for (const [taskId, failures] of Object.entries(fakes.failures ?? {}))
    bodies.set(taskId, withFailures(bodies.get(replaceable(dag, taskId).taskId) as Body, failures));
  return { ...dag, bodies };
}

/** @throws MillraceError BAD_ARGUMENT naming the task that is most likely meant. */
export function getBody({ graph, bodies }: BuiltDag, taskId: string): Body {
  const body = bodies.get(taskId);
  if (body !== undefined) return body;
  const near = nearName(taskId, bodies.keys());
  const hint = near === undefined ? `it has ${[...bodies.keys()].join(", ")}` : `did you mean ${near}?`;
  throw new MillraceError("BAD_ARGUMENT", `the DAG ${graph.dagId} has no task ${taskId}: ${hint}`);
}

function replaceable(dag: BuiltDag, taskId: string): Body {
  const body = getBody(dag, taskId);
  if (body.kind !== "empty") return body;
  throw new MillraceError(
    "BAD_ARGUMENT",
    `${taskId} of ${dag.graph.dagId} is an empty task: it runs no code that could be replaced`,
  );
}

/** Nothing of its input is read: what its options need (connections, services) need not be there. */
function withResult(body: Body, value: unknown, sleep: Sleep): Body {
  const { schema: _schema, ...rest } = body;
  const run: Body["run"] = async (_values, ctx) => {
    if (!isDelayed(value)) return value;
    await sleep(parseDuration(value[TAKES]), ctx.signal);
    return value.value;
  };
  return { ...rest, values: {}, sources: [], eachNames: [], run };
}

function withFailures(body: Body, failures: Failures): Body {
  return {
    ...body,
    run(values, ctx) {
      const error = failureOf(failures, ctx.tryNumber);
      if (error !== undefined) throw error;
      return body.run(values, ctx);
    },
  };
}

function failureOf(failures: Failures, tryNumber: number): Error | undefined {
  if (failures instanceof Error) return failures;
  if (typeof failures !== "number") return failures[tryNumber - 1];
  return tryNumber <= failures ? new Error(`try ${tryNumber} fails, as the test says`) : undefined;
}

function isDelayed(value: unknown): value is DelayedResult {
  return typeof value === "object" && value !== null && TAKES in value;
}

/** The context is an object with a life of its own: what it lacks is added in front of it. */
function withSleep(ctx: Context, sleep: Sleep): TestContext {
  const more = { sleep: (duration: Duration) => sleep(parseDuration(duration), ctx.signal) };
  return new Proxy(ctx, {
    get: (target, name) => (name in more ? more[name as "sleep"] : (Reflect.get(target, name, target) as unknown)),
  }) as TestContext;
}
