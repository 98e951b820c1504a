import {
  decodeValue,
  findBlobKey,
  itemAt,
  MillraceError,
  type Body,
  type Dispatch,
  type DispatchInput,
  type EachList,
  type GraphTask,
  type ValueSources,
} from "@millrace/core";
import { readStored } from "./stored-values.ts";
import type { TryContext } from "./try-context.ts";
import type { WorkerTools } from "./worker-tools.ts";

/** Results asked for at once. */
const PAGE = 1_000;

/** Where the values of one dispatch come from: what it carries, what the worker asks for, what the DAG file has. */
export function valueSources(
  dispatch: Dispatch,
  from: { readonly body: Body; readonly task: GraphTask; readonly ctx: TryContext; readonly tools: WorkerTools },
): ValueSources {
  const { body, task, ctx, tools } = from;
  return {
    input(name) {
      const input = dispatch.inputs[name];
      if (input === undefined)
        throw new MillraceError(
          "BUNDLE_BROKEN",
          `${dispatch.taskId}: the dispatch has no input ${name}; the bundle and the graph of version ${dispatch.dagVersion} differ`,
        );
      return readInput(dispatch, input, { tools, stream: task.inputs[name]?.join === "stream" });
    },
    item(name) {
      const item = dispatch.items?.[name];
      if (item === undefined)
        throw new MillraceError(
          "BUNDLE_BROKEN",
          `${dispatch.taskId}: the dispatch has no element ${name}; the bundle and the graph of version ${dispatch.dagVersion} differ`,
        );
      if (item.kind === "filled") return body.fill;
      const list = body.lists[name]?.[item.list ?? 0];
      const element =
        item.kind === "local"
          ? itemAt(list?.param === undefined ? list?.literal : ctx.params[list.param], item.index)
          : readInput(dispatch, item, { tools, stream: false });
      return list === undefined || list.changes.length === 0 ? element : changed(element, list);
    },
    param: (name) => ctx.params[name],
    variable: (key) => ctx.parts.reads.findVariable(key),
    connection: (id) => ctx.parts.reads.connection(id),
    render: (text) => ctx.render(text),
    renderFile: (name) => ctx.renderFile(name),
  };
}

async function changed(element: unknown, { changes }: EachList): Promise<unknown> {
  let value = await element;
  for (const change of changes) value = await change(value as never);
  return value;
}

function readInput(
  dispatch: Dispatch,
  input: DispatchInput,
  how: { readonly tools: WorkerTools; readonly stream: boolean },
): unknown {
  const { blobs } = how.tools;
  switch (input.kind) {
    case "absent":
      return undefined;
    case "value":
      return findBlobKey(input.value) === undefined ? decodeValue(input.value) : readStored(input.value, blobs);
    case "list":
      return how.stream
        ? streamOf(input.values.map((value) => readStored(value, blobs)))
        : Promise.all(input.values.map((value) => readStored(value, blobs)));
    case "item":
      return how.tools.lists.element(input.value, { path: input.path ?? [], index: input.index });
    case "ask":
      return how.stream ? pages(dispatch, input, how.tools) : Array.fromAsync(pages(dispatch, input, how.tools));
    case "local":
      throw new MillraceError("BUNDLE_BROKEN", `${dispatch.taskId}: an input cannot be a list of the DAG file`);
    default:
      throw new Error(`unreachable: ${JSON.stringify(input satisfies never)}`);
  }
}

async function* pages(
  dispatch: Dispatch,
  input: DispatchInput & { readonly kind: "ask" },
  tools: WorkerTools,
): AsyncGenerator<unknown> {
  const ask = {
    dispatchId: dispatch.dispatchId,
    taskId: input.taskId,
    limit: PAGE,
    ...(input.key === undefined ? {} : { key: input.key }),
  };
  for (let from = 0; from < input.count;) {
    const page = await tools.client.results({ ...ask, from });
    if (page.length === 0) return;
    for (const value of page) yield await readStored(value, tools.blobs);
    from += page.length;
  }
}

async function* streamOf(values: readonly Promise<unknown>[]): AsyncGenerator<unknown> {
  yield* values;
}
