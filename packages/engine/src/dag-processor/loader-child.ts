// Entry of a loader process: the only place besides the workers where the code of a DAG file runs. It ends when its IPC channel closes.
import { flushCompileCache } from "node:module";
import {
  buildDag,
  findDags,
  findPages,
  isMillraceError,
  nextCustomTimes,
  type BuiltDag,
  type DagDefinition,
  type DueRun,
  type PageDefinition,
  type PageInfo,
} from "@millrace/core";
import { createClock } from "../clock.ts";
import { evaluateBundle } from "../worker/bundle-cache.ts";
import { readTemplateFiles, TemplateFileError } from "./template-files.ts";
import type { FromLoader, LoadedDag, LoadError, LoadRequest } from "./loader-protocol.ts";

/** More missed times of a custom timetable with catch-up than this are not looked for. */
const MAX_MISSED_TIMES = 2_000;

const exit = process.exit.bind(process);
const clock = createClock();

process.setSourceMapsEnabled(true);
process.on("disconnect", () => exit(0));
process.on("message", (request: LoadRequest) => say(load(request)));
process.on("uncaughtException", (error) => end(describeError(error, "an error was thrown in a timer or event: ")));
process.on("unhandledRejection", (error) => end(describeError(error, "a promise that nobody awaits was rejected: ")));
process.exit = (code?: number | string | null): never => {
  const error = new Error(`its code calls process.exit(${code ?? ""}) when it is loaded; a DAG file only declares`);
  Error.captureStackTrace(error, process.exit);
  return end(describeError(error));
};
// A process that is killed writes no cache at its end.
flushCompileCache();
say({ kind: "ready" });

function say(message: FromLoader): void {
  process.send?.(message);
}

/** IPC writes of a child are synchronous, so the last words arrive. */
function end(error: LoadError): never {
  say({ kind: "ending", error });
  return exit(1);
}

function load({ file, bundleHash, code, times }: LoadRequest): FromLoader {
  let exported: object;
  try {
    exported = evaluateBundle(code, { dagFile: file, bundleHash });
  } catch (error) {
    return {
      kind: "loaded",
      dags: [],
      pages: [],
      errors: [describeError(isMillraceError(error) && error.cause !== undefined ? error.cause : error)],
    };
  }
  const errors: LoadError[] = [];
  const readEach = <From, To>(all: readonly From[], read: (one: From) => To): readonly To[] =>
    all.flatMap((one) => {
      try {
        return [read(one)];
      } catch (error) {
        errors.push(describeError(error));
        return [];
      }
    });
  const dags = readEach(findDags(exported), (definition: DagDefinition) => readDag(definition, file, times));
  const pages = readEach(findPages(exported), (definition: PageDefinition): PageInfo => definition.info());
  return { kind: "loaded", dags, pages, errors };
}

function readDag(definition: DagDefinition, file: string, times: number): LoadedDag {
  const built = buildDag(definition);
  const customTimes = askTimes(built, times);
  const templates = readTemplateFiles(built, file);
  return {
    dagId: built.graph.dagId,
    graph: JSON.stringify(built.graph),
    templates,
    ...(customTimes && { customTimes }),
  };
}

/** With catch-up the times that were missed since the DAG's start come first. */
function askTimes({ timetable, graph }: BuiltDag, count: number): readonly DueRun[] | undefined {
  if (timetable === undefined) return undefined;
  const now = clock.now();
  const { catchup, start } = graph.dag;
  const missed: DueRun[] = [];
  let after = start !== undefined && (catchup || start > now) ? start : now;
  while (after < now && missed.length < MAX_MISSED_TIMES) {
    const [next] = nextCustomTimes(timetable, after, 1);
    if (next === undefined || next.intervalEnd > now) break;
    missed.push(next);
    after = next.intervalEnd;
  }
  return [...missed, ...nextCustomTimes(timetable, after, count)];
}

function describeError(error: unknown, prefix = ""): LoadError {
  if (!(error instanceof Error)) return { message: `${prefix}it throws ${String(error)}, which is not an Error` };
  const at = isMillraceError(error) ? error.details.at : undefined;
  const name = isMillraceError(error) || error.name === "Error" ? "" : `${error.name}: `;
  return {
    message: `${prefix}${name}${explain(error)}`,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(typeof at === "string" && { at }),
    ...(error instanceof TemplateFileError && error.path !== undefined && { path: error.path }),
  };
}

function explain(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_REQUIRE_ASYNC_MODULE")
    return `a package that it imports uses top-level await and can only be loaded with \`await import()\` inside a task's body (${error.message.split("\n")[0]})`;
  if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND")
    return `${error.message.split("\n")[0]}; is the package installed in this project?`;
  return error.message;
}
