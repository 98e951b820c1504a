import type { ListedRun, Span } from "@millrace/core";
import type { ServerPorts } from "../ports.ts";

const AT_ONCE = 500;

/** The runs of a DAG with logical dates within a span, oldest date first; few of them in memory at a time. */
export async function* runsInRange(
  { runLists }: Pick<ServerPorts, "runLists">,
  dagId: string,
  span: Span,
): AsyncGenerator<ListedRun> {
  for (let from = span.from; ;) {
    const { items } = await runLists.listRuns(
      { dagIds: [dagId], logicalDate: { ...span, ...(from !== undefined && { from }) } },
      { limit: AT_ONCE, offset: 0, by: "logicalDate", descending: false },
    );
    yield* items;
    const last = items.at(-1);
    if (last === undefined || items.length < AT_ONCE) return;
    // No two runs of a DAG have one logical date.
    from = last.logicalDate + 1;
  }
}
