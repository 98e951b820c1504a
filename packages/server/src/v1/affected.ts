import type { V1TaskInstanceReference } from "@millrace/api";
import { formatInstant, type Command, type Micros } from "@millrace/core";
import type { ServerPorts } from "../ports.ts";

/** A command whose effect on task instances is asked for. */
export interface Previewed {
  readonly dagId: string;
  readonly command: Extract<Command, { readonly kind: "clear" | "markTasks" }>;
  readonly logicalDate: Micros;
}

/** The task instances that a clear would clear, or that a mark would mark; not those that only follow. */
export async function affectedBy(
  { commands }: Pick<ServerPorts, "commands">,
  { dagId, command, logicalDate }: Previewed,
): Promise<readonly V1TaskInstanceReference[]> {
  const { instances } = await commands.preview(dagId, command);
  const isMeant = ({ from, to }: (typeof instances)[number]): boolean => {
    if (command.kind === "markTasks") return to === command.state;
    return to === "restarting" || (to === "none" && from !== null);
  };
  return instances.filter(isMeant).map(({ taskId }) => ({
    dag_id: dagId,
    dag_run_id: command.runKey,
    execution_date: formatInstant(logicalDate),
    task_id: taskId,
  }));
}
