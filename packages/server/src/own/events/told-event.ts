import { makeEncoder, StreamEvent, type Plain } from "@millrace/api";
import { TASK_STATES, type FeedEvent, type PlacedEvent, type RunState, type TaskState } from "@millrace/core";
import { dagsFor, may, type Caller } from "../../access/caller.ts";

/** An event, ready to be sent to whoever may see it. */
export interface ToldEvent {
  readonly place: string;
  readonly kind: FeedEvent["kind"];
  /** Absent: it is about no DAG. */
  readonly dagId?: string;
  readonly runIds: readonly number[];
  /** In the form of server-sent events, its end included. */
  readonly text: string;
}

/** What a stream wants to hear of. */
export interface EventFilter {
  readonly dagId?: string;
  readonly runId?: number;
}

const encode = makeEncoder(StreamEvent);

/** Writes an event once for all streams. */
export function tellEvent({ place, event }: PlacedEvent): ToldEvent {
  const data = JSON.stringify(encode(plainEvent(event)));
  return {
    place,
    kind: event.kind,
    ...("dagId" in event && { dagId: event.dagId }),
    runIds:
      event.kind === "run" ? [event.runId] : event.kind === "runsDeleted" ? event.runs.map((run) => run.runId) : [],
    text: `id: ${place}\nevent: ${event.kind}\ndata: ${data}\n\n`,
  };
}

/** Makes the function that says which events a caller may see and wants to. */
export function eventGate(caller: Caller, { dagId, runId }: EventFilter): (event: ToldEvent) => boolean {
  const dags = dagsFor(caller, "can_read");
  return (event) => {
    if (dagId !== undefined && event.dagId !== dagId) return false;
    if (runId !== undefined && !event.runIds.includes(runId)) return false;
    if (event.dagId !== undefined) return dags === "all" || dags.has(event.dagId);
    return event.kind === "asset" ? may(caller, ["can_read", "Datasets"]) : may(caller, ["can_read", "ImportError"]);
  };
}

function plainEvent(event: FeedEvent): Plain<StreamEvent> {
  switch (event.kind) {
    case "run":
      return plainRun(event);
    case "runsDeleted":
      return { type: event.kind, dagId: event.dagId, runs: event.runs };
    case "dag":
      return { ...event, type: event.kind };
    case "importErrors":
      return { type: event.kind };
    case "asset":
      return { type: event.kind, uri: event.uri, eventId: event.eventId };
    case "backfill":
      return { ...event, type: event.kind };
    default:
      throw new Error(`unreachable: ${JSON.stringify(event satisfies never)}`);
  }
}

interface Changes {
  readonly run?: {
    readonly state?: RunState;
    readonly startedAt?: number | null;
    readonly endedAt?: number | null;
    readonly dagVersion?: number;
  };
  readonly ti?: readonly (readonly [taskId: string, mapIndex: number, state: TaskState | null, tryNumber?: number])[];
  readonly new?: number;
}

function plainRun({ changes, ...event }: Extract<FeedEvent, { kind: "run" }>): Plain<StreamEvent> {
  const { run = {}, ti = [], new: created = 0 } = JSON.parse(changes) as Changes;
  const { state, startedAt, endedAt, dagVersion } = run;
  const { dagId, runId, runKey, version, at } = event;
  const tasks = ti.map(([taskId, mapIndex, after, tryNumber]) => ({
    taskId,
    mapIndex,
    state: after !== null && TASK_STATES.includes(after) ? after : null,
    ...(typeof tryNumber === "number" && { tryNumber }),
  }));
  return { type: "run", dagId, runId, runKey, version, at, state, startedAt, endedAt, dagVersion, tasks, created };
}
