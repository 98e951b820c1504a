import type { Command } from "@millrace/core";
import { expect, test } from "vitest";
import type { ServerPorts } from "../ports.ts";
import type { V1Call } from "./handlers.ts";
import { instanceWriteHandlers } from "./instance-writes.ts";

/** Marks the instance of the task `each` with this index, which is in this state. @returns the commands that were sent */
async function mark(mapIndex: number, state: string): Promise<readonly Command[]> {
  const sent: Command[] = [];
  const ports = {
    queries: { findDag: () => Promise.resolve({ graph: { tasks: [{ taskId: "each" }] } }) },
    runLists: { listInstances: () => Promise.resolve({ items: [{ mapIndex, state, logicalDate: 0 }], total: 1 }) },
    commands: {
      send: (_: string, command: Command) => {
        sent.push(command);
        return Promise.resolve({ ok: true });
      },
    },
  } as unknown as ServerPorts;
  await instanceWriteHandlers(ports).patch_mapped_task_instance({
    params: { dag_id: "d", dag_run_id: "r", task_id: "each", map_index: mapIndex },
    body: { new_state: "failed", dry_run: false },
    caller: { kind: "user", name: "ada" },
  } as unknown as V1Call<"patch_mapped_task_instance">);
  return sent;
}

test.each([-1, 2])("index %i alone is marked, though the task may have become mapped by then", async (mapIndex) => {
  expect(await mark(mapIndex, "none")).toMatchObject([
    { kind: "markTasks", select: { taskIds: ["each"], mapIndexes: [mapIndex] } },
  ]);
});

test("what a task has left behind when it became mapped is no instance to be marked", async () => {
  await expect(mark(-1, "removed")).rejects.toMatchObject({ status: 404 });
});
