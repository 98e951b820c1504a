import type { RunningSystem } from "../system/run-system.ts";
import { didYouMean } from "../near-names.ts";
import { allPages } from "./find-things.ts";
import type { CommandContext } from "./make-command.ts";

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Triggers the DAGs of `core.triggerOnStart` that have never run, and says so; one whose schedule has just made its first run is not triggered as
 * well. A wrong name is said and stops nothing.
 *
 * @param stopped resolves when Millrace is told to stop: then a DAG whose file takes long to load is not waited for.
 */
export async function triggerOnStart(
  { terminal, config }: CommandContext,
  { store, queries, scheduler, processor }: RunningSystem,
  stopped: Promise<void>,
): Promise<void> {
  const self = (await queries.listSchedulers()).find(({ schedulerId }) => schedulerId === scheduler.schedulerId);
  const { paint } = terminal;
  for (const dagId of config.core.triggerOnStart) {
    if (!(await queries.findDag(dagId)) && (await Promise.race([processor.settle(), stopped.then(() => true)]))) return;
    if (!(await queries.findDag(dagId))) {
      const names: string[] = [];
      for await (const dag of allPages((request) => queries.listDags(request))) names.push(dag.dagId);
      terminal.print(
        paint.yellow(
          `core.triggerOnStart names ${dagId}, and there is no such DAG. ${didYouMean(dagId, names) ?? ""}`.trimEnd(),
        ),
      );
      continue;
    }
    const [run, ...earlier] = (await queries.listRuns({ dagId, limit: 2 })).items;
    if (run) {
      const isNew = earlier.length === 0 && self !== undefined && run.queuedAt >= self.startedAt;
      if (isNew) terminal.print(`${paint.cyan("first run")} of ${dagId}: ${run.runKey}, by its schedule`);
      continue;
    }
    const inboxId = await store.engine.send(dagId, { kind: "trigger" }, "millrace:start");
    const answer = await store.engine.waitForAnswer(inboxId, ANSWER_TIMEOUT_MS);
    if (answer.ok)
      terminal.print(`${paint.cyan("triggered")} ${dagId}: it has never run (core.triggerOnStart in millrace.json)`);
    else
      terminal.print(
        paint.yellow(`core.triggerOnStart: ${dagId} was not triggered: ${answer.message} (${answer.code})`),
      );
  }
}
