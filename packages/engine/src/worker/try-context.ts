import {
  formatInstant,
  MillraceError,
  parseInstant,
  resolveParams,
  type AnyParams,
  type AssetEvent,
  type AssetUpdate,
  type BuiltDag,
  type Connection,
  type Context,
  type DagAccess,
  type Dispatch,
  type DispatchRun,
  type GraphTask,
  type Log,
  type LogFields,
  type Micros,
  type Resumed,
  type RunAssetEvent,
  type PreviousRun,
  type TaskState,
  type TemplateFacts,
  type UpstreamState,
} from "@millrace/core";
import { createNetwork } from "../network/guarded-network.ts";
import type { EngineReads } from "./engine-reads.ts";
import { pullXCom } from "./pull-xcom.ts";
import type { WorkerTools } from "./worker-tools.ts";
import { writeLine, type TryScope } from "./try-scope.ts";

/** What a context is made of. */
export interface ContextParts {
  readonly run: DispatchRun;
  readonly dagId: string;
  readonly dag: BuiltDag;
  readonly task?: GraphTask;
  readonly scope: TryScope;
  readonly tools: WorkerTools;
  readonly reads: EngineReads;
}

/** What bodies and callbacks know of their run. Everything costly is made when it is first asked for. */
export class RunContextParts {
  readonly parts: ContextParts;
  readonly log: Log;
  #conf: AnyParams | undefined;
  #params: AnyParams | undefined;
  #previous: Promise<TemplateFacts["previousSuccess"]> | undefined;

  constructor(parts: ContextParts) {
    this.parts = parts;
    this.log = logOf(parts.scope);
  }

  get dagId(): string {
    return this.parts.dagId;
  }
  get runId(): string {
    return this.parts.run.runKey;
  }
  get runType(): DispatchRun["runType"] {
    return this.parts.run.runType;
  }
  get logicalDate(): string {
    return formatInstant(this.parts.run.logicalDate);
  }
  get dataInterval(): { readonly start: string; readonly end: string } {
    return { start: formatInstant(this.parts.run.intervalStart), end: formatInstant(this.parts.run.intervalEnd) };
  }
  get conf(): AnyParams {
    this.#conf ??= this.parts.run.conf === null ? {} : (JSON.parse(this.parts.run.conf) as AnyParams);
    return this.#conf;
  }
  get params(): AnyParams {
    const task = this.parts.task?.params;
    this.#params ??= resolveParams({
      dag: this.parts.dag.graph.dag.params,
      conf: this.conf,
      confOverrides: this.parts.tools.rules.confOverridesParams,
      ...(task === undefined ? {} : { task }),
    });
    return this.#params;
  }
  get signal(): AbortSignal {
    return this.parts.scope.controller.signal;
  }

  /** The last successful run before this one, read once. */
  previousRun(): Promise<TemplateFacts["previousSuccess"]> {
    const { dagId, run, tools, scope } = this.parts;
    const question = { dispatchId: scope.id, dagId, logicalDate: run.logicalDate };
    this.#previous ??= tools.client.previousSuccess(question).then((found) => {
      // An answer that crossed IPC has null in place of undefined.
      if (!found) return undefined;
      const { logicalDate, intervalStart, intervalEnd, startedAt, endedAt } = found;
      return {
        logicalDate,
        dataInterval: { start: intervalStart, end: intervalEnd },
        ...(startedAt !== undefined && { startAt: startedAt }),
        ...(endedAt !== undefined && { endAt: endedAt }),
      };
    });
    return this.#previous;
  }

  // Bound: bodies take them apart (`async (_, { variable }) => …`).
  readonly now = (): string => formatInstant(this.parts.tools.clock.now());
  readonly fetch: typeof fetch = (input, init) => createNetwork(this.parts.tools.rules.network).fetch(input, init);
  readonly variable = (key: string): Promise<string> => this.parts.reads.variable(key);
  readonly connection = (id: string): Promise<Connection> => this.parts.reads.connection(id);
  readonly previousSuccess = async (): Promise<PreviousRun | undefined> => {
    const found = await this.previousRun();
    return (
      found && {
        logicalDate: formatInstant(found.logicalDate),
        dataInterval: { start: formatInstant(found.dataInterval.start), end: formatInstant(found.dataInterval.end) },
      }
    );
  };
}

/** The context of a body. */
export class TryContext extends RunContextParts implements Omit<Context, "render"> {
  readonly dispatch: Dispatch;
  readonly pushed = new Map<string, unknown>();
  readonly attached = new Map<string, AnyParams>();
  item: AnyParams = {};
  resumed?: Resumed;
  #events: Promise<readonly AssetEvent[]> | undefined;
  render!: (text: string) => Promise<string>;
  renderFile!: (name: string) => Promise<string>;

  constructor(dispatch: Dispatch, parts: ContextParts) {
    super(parts);
    this.dispatch = dispatch;
  }

  get taskId(): string {
    return this.dispatch.taskId;
  }
  get mapIndex(): number {
    return this.dispatch.mapIndex;
  }
  get tryNumber(): number {
    return this.dispatch.tryNumber;
  }
  get maxTries(): number {
    return this.dispatch.maxTries + 1;
  }
  get traceparent(): string | undefined {
    return this.parts.scope.traceparent;
  }
  get tryId(): string {
    return this.dispatch.tryId;
  }
  get isLatest(): boolean {
    return this.dispatch.run.isLatest;
  }
  readonly upstream = (): readonly UpstreamState[] =>
    this.dispatch.upstream.map((one) => ({ ...one, state: one.state as TaskState }));

  get xcom(): Context["xcom"] {
    return {
      push: (key, value) => void this.pushed.set(key, value),
      pull: (taskId, options = {}) => pullXCom(this, { ...options, taskId }),
    };
  }
  get assets(): Context["assets"] {
    return {
      attach: (asset, extra) => void this.attached.set(typeof asset === "string" ? asset : asset.uri, extra),
      events: (asset) => this.#inletEvents(typeof asset === "string" ? asset : asset.uri),
      triggering: (this.dispatch.run.assetEvents ?? []).map(eventOf),
    };
  }
  get dags(): DagAccess {
    return dagAccess(this.dispatch, this.parts.tools);
  }

  /** The updates of this task's inlets, read once. */
  inletEvents(): Promise<readonly AssetEvent[]> {
    const { dispatchId } = this.dispatch;
    const uris = this.parts.task?.inlets ?? [];
    this.#events ??=
      uris.length === 0
        ? Promise.resolve([])
        : this.parts.tools.client.assetEvents({ dispatchId, uris }).then((events) => events.map(eventOf));
    return this.#events;
  }

  async #inletEvents(uri: string): Promise<readonly AssetEvent[]> {
    if (this.parts.task?.inlets.includes(uri)) return (await this.inletEvents()).filter((event) => event.uri === uri);
    throw new MillraceError("BAD_ARGUMENT", `${uri} is not among the inlets of ${this.taskId}: declare it with inlets`);
  }

  /** What was attached to the outlets, as the engine takes it. */
  assetUpdates(): readonly AssetUpdate[] {
    const { taskId, mapIndex } = this.dispatch;
    return [...this.attached].map(([uri, extra]) => ({ uri, taskId, mapIndex, extra: JSON.stringify(extra) }));
  }
}

function logOf(scope: TryScope, source = "task"): Log {
  const at = (level: "debug" | "info" | "warn" | "error") => (message: string, fields?: LogFields) =>
    writeLine(scope, {
      level,
      source,
      msg: String(message),
      ...(fields === undefined ? {} : { fields: fields as Readonly<Record<string, unknown>> }),
    });
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    from: (other) => logOf(scope, String(other)),
  };
}

function eventOf({ at, extra, runKey, ...rest }: RunAssetEvent): AssetEvent {
  return {
    ...rest,
    at: formatInstant(at),
    extra: extra === null ? {} : (JSON.parse(extra) as AnyParams),
    ...(runKey === undefined ? {} : { runId: runKey }),
  };
}

function dagAccess(dispatch: Dispatch, tools: WorkerTools): DagAccess {
  const { client } = tools;
  const { dispatchId, dagId, taskId, mapIndex, run } = dispatch;
  const by = { dagId, runKey: run.runKey, logicalDate: run.logicalDate, taskId, mapIndex };
  return {
    async trigger({ runId, logicalDate, conf, ...rest }) {
      const made = await client.trigger({
        ...rest,
        dispatchId,
        by,
        ...askedRun({ runId, logicalDate }),
        ...(conf === undefined ? {} : { conf: JSON.stringify(conf) }),
      });
      return { runId: made.runKey, logicalDate: formatInstant(made.logicalDate), origin: made.origin };
    },
    clear: async (asked) => await client.clearRun({ dispatchId, dagId: asked.dagId, runKey: asked.runId }),
    // An answer that crossed IPC has null in place of undefined.
    stateOf: async ({ runId, logicalDate, ...rest }) =>
      (await client.stateOf({ ...rest, dispatchId, ...askedRun({ runId, logicalDate }) })) ?? undefined,
    async look({ runId, logicalDate, ...rest }) {
      const seen = await client.look({ ...rest, dispatchId, ...askedRun({ runId, logicalDate }) });
      if (seen === undefined || seen === null) return undefined;
      return { runId: seen.runKey, logicalDate: formatInstant(seen.logicalDate), state: seen.state, tasks: seen.tasks };
    },
  };
}

function askedRun(asked: { readonly runId: string | undefined; readonly logicalDate: string | undefined }): {
  readonly runKey?: string;
  readonly logicalDate?: Micros;
} {
  return {
    ...(asked.runId === undefined ? {} : { runKey: asked.runId }),
    ...(asked.logicalDate === undefined ? {} : { logicalDate: parseInstant(asked.logicalDate) }),
  };
}
