// Shapes that several resources of Millrace's own API are made of.
import { RUN_STATES, RUN_TYPES, TASK_STATES, type RunState, type RunType, type TaskState } from "@millrace/core";
import { Type, type TArray, type TObject, type TOptional, type TSchema, type TString } from "typebox";
import type { Need } from "../access.ts";
import { instant } from "../wire.ts";

/** To see a DAG. */
export const READ_DAG: Need = ["can_read", "DAGs"];
/** To change a DAG. */
export const EDIT_DAG: Need = ["can_edit", "DAGs"];
/** To see runs. */
export const READ_RUN: readonly Need[] = [READ_DAG, ["can_read", "DAG Runs"]];
/** To change runs. */
export const EDIT_RUN: readonly Need[] = [EDIT_DAG, ["can_edit", "DAG Runs"]];
/** To see task instances. */
export const READ_TASK: readonly Need[] = [...READ_RUN, ["can_read", "Task Instances"]];
/** To change task instances. */
export const EDIT_TASK: readonly Need[] = [EDIT_DAG, ["can_edit", "Task Instances"]];

/** A state of a run. */
export const runState = Type.Unsafe<RunState>({ type: "string", enum: [...RUN_STATES] });
/** How a run came to be. */
export const runType = Type.Unsafe<RunType>({ type: "string", enum: [...RUN_TYPES] });
/** A state of a task instance. */
export const taskState = Type.Unsafe<TaskState>({ type: "string", enum: [...TASK_STATES] });
/** Instances per state; states without any are left out. */
export const taskCounts = Type.Unsafe<Partial<Record<TaskState, number>>>({
  type: "object",
  additionalProperties: { type: "integer" },
  description: "Task instances per state; states without any are left out.",
});

/** Runs per state; states without any are left out. */
export const runCounts = Type.Unsafe<Partial<Record<RunState, number>>>({
  type: "object",
  additionalProperties: { type: "integer" },
  description: "Runs per state; states without any are left out.",
});

/** A DAG in the path. */
export const dagParams = Type.Object({ dagId: Type.String() });
/** A run in the path. */
export const runParams = Type.Object({ runId: Type.Integer() });
/** A task instance in the path. */
export const instanceParams = Type.Object({
  runId: Type.Integer(),
  taskId: Type.String(),
  mapIndex: Type.Integer({ description: "-1 for a task that is not mapped." }),
});

/** Which part of a list. */
export const pageQuery = {
  after: Type.Optional(Type.String({ maxLength: 2_000, description: "`next` of the page before." })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: "Default 100." })),
};

/** A part of a list; `next` is absent at its end. */
export function pageOf<Item extends TSchema>(item: Item): TObject<{ items: TArray<Item>; next: TOptional<TString> }> {
  return Type.Object({ items: Type.Array(item), next: Type.Optional(Type.String()) });
}

/** A whole list. */
export function listOf<Item extends TSchema>(item: Item): TObject<{ items: TArray<Item> }> {
  return Type.Object({ items: Type.Array(item) });
}

/** Why a try, an instance or a run ended as it did. */
export const cause = Type.Object({
  code: Type.String(),
  message: Type.String(),
  stack: Type.Optional(Type.String()),
});

/** A sentence about what keeps something from running. */
export const said = Type.Object({
  kind: Type.String(),
  reason: Type.String(),
  advice: Type.Optional(Type.String()),
  until: Type.Optional(instant("When it goes on by itself, where that is known.")),
});
