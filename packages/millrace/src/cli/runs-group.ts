import type { Command } from "commander";
import { makeDagsListRuns } from "./commands/dags-list-runs.ts";
import { makeRunsDiff } from "./commands/runs-diff.ts";
import { makeRunsShow } from "./commands/runs-show.ts";
import { makeGroup, type Shell } from "./make-command.ts";

/** `millrace runs`: runs, one by one and compared. */
export function makeRunsGroup(shell: Shell): Command {
  return makeGroup("runs", "runs: what there are, what is known of one, what differs between two", [
    makeDagsListRuns(shell, "list"),
    makeRunsShow(shell),
    makeRunsDiff(shell),
  ]);
}
