import type { Command } from "commander";
import { makeBackfillCreate } from "./commands/backfill-create.ts";
import { makeBackfillList } from "./commands/backfill-list.ts";
import { makeBackfillSetState } from "./commands/backfill-set-state.ts";
import { makeBackfillShow } from "./commands/backfill-show.ts";
import { makeGroup, type Shell } from "./make-command.ts";

/** `millrace backfill`: runs for a stretch of a DAG's past. */
export function makeBackfillGroup(shell: Shell): Command {
  return makeGroup("backfill", "runs for a stretch of a DAG's past", [
    makeBackfillCreate(shell),
    makeBackfillList(shell),
    makeBackfillShow(shell),
    makeBackfillSetState(shell, "pause"),
    makeBackfillSetState(shell, "unpause"),
    makeBackfillSetState(shell, "cancel"),
  ]).alias("backfills");
}
