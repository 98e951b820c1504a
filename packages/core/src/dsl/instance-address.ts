/** A run, or one of its task instances, as callbacks know it. */
export interface InstancePlace {
  readonly dagId: string;
  readonly runId: string;
  readonly taskId?: string;
  /** -1 = not mapped. */
  readonly mapIndex?: number;
  readonly tryNumber?: number;
}

/**
 * The address of the page of a run, or of the log of a try, in the web interface: for links in messages.
 *
 * @param base where the interface is served: `https://millrace.example.com`, also with a path.
 */
export function instanceAddress(
  base: string,
  { dagId, runId, taskId, mapIndex = -1, tryNumber }: InstancePlace,
): string {
  const run = `${base.replace(/\/+$/, "")}/dags/${encodeURIComponent(dagId)}/runs/${encodeURIComponent(runId)}`;
  if (taskId === undefined) return run;
  const query = [
    ...(mapIndex < 0 ? [] : [`map=${mapIndex}`]),
    "tab=logs",
    ...(tryNumber === undefined ? [] : [`try=${tryNumber}`]),
  ];
  return `${run}/tasks/${encodeURIComponent(taskId)}?${query.join("&")}`;
}
