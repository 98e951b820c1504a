import type { RunningSystem } from "../system/run-system.ts";
import { didYouMean } from "./near-names.ts";
import { allPages } from "./find-things.ts";
import type { CommandContext } from "./make-command.ts";

const ANSWER_TIMEOUT_MS = 10_000;

/** Triggers the DAGs of `core.triggerOnStart` that have never run, and says so. A wrong name is said and stops nothing. */
export async function triggerOnStart(
  { terminal, config }: CommandContext,
  { store, queries }: RunningSystem,
): Promise<void> {
  const { paint } = terminal;
  for (const dagId of config.core.triggerOnStart) {
    if (!(await queries.findDag(dagId))) {
      const known: string[] = [];
      for await (const dag of allPages((request) => queries.listDags(request))) known.push(dag.dagId);
      terminal.print(
        paint.yellow(
          `core.triggerOnStart names ${dagId}, and there is no such DAG. ${didYouMean(dagId, known) ?? ""}`.trimEnd(),
        ),
      );
      continue;
    }
    if ((await queries.listRuns({ dagId, limit: 1 })).items.length > 0) continue;
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
