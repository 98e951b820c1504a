import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { formatInstant, MillraceError, parseInstant, type Micros, type RetentionStore } from "@millrace/core";
import { ArchiveFolder } from "@millrace/engine";
import {
  CLEAN_TABLES,
  countCleanable,
  findEndedBefore,
  makeAudit,
  makeRetentionStore,
  removeAuditBefore,
  removeOutsideEvents,
  removeParts,
  type CleanTable,
  type DatabasePool,
} from "@millrace/store";
import type { Command } from "commander";
import { didYouMean } from "../../near-names.ts";
import { askFirst } from "../ask-first.ts";
import { noteWork } from "../audit-writes.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withPool } from "../open-pool.ts";
import { printRows } from "../output/print-rows.ts";
import { splitNames } from "../split-names.ts";

const DEFAULT_TABLES: readonly CleanTable[] = ["dag_run", "asset_event"];
const RUNS_AT_ONCE = 500;
const TURN_MS = 60_000;
const LOOK_MS = 500;

interface Options extends RowsOptions {
  readonly cleanBeforeTimestamp: string;
  readonly tables?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly skipArchive?: true;
}

interface Cleaning {
  readonly pool: DatabasePool;
  readonly store: RetentionStore;
  readonly before: Micros;
  /** Absent: nothing is archived. */
  readonly archives: ArchiveFolder | undefined;
  readonly holder: number;
}

/** `millrace db clean`: deletes history by hand, once. What is kept for good is said by `retention`. */
export function makeDbClean(shell: Shell): Command {
  const command = makeCommand(
    "clean",
    "delete ended runs, parts of them, or the audit, from before an instant; a running Millrace goes on",
  );
  return addRowsOptions(command)
    .requiredOption("--clean-before-timestamp <instant>", "what ended before; ISO 8601, in UTC without an offset")
    .option(
      "-t, --tables <names>",
      `with commas between, of ${CLEAN_TABLES.join(", ")}; default ${DEFAULT_TABLES.join(",")}: runs with all they have, and events from outside`,
    )
    .option("--dry-run", "only count")
    .option("-y, --yes", "do not ask")
    .option("--skip-archive", "do not write what goes to archives in the data folder first")
    .action(
      action(shell, async (context, _args: [], options: Options) =>
        withPool(context, async (pool) => {
          const { terminal, config } = context;
          const before = parseInstant(options.cleanBeforeTimestamp, "UTC");
          const tables = tablesOf(options.tables);
          const rows = [];
          for (const table of tables) rows.push({ table, rows: await countCleanable(pool, table, before) });
          printRows(terminal, rows, { ...options, empty: "There is nothing to clean." });
          if (options.dryRun === true || rows.every((row) => row.rows === 0)) return 0;
          const refused = await askFirst(terminal, {
            yes: options.yes === true,
            question: `Delete this, from before ${formatInstant(before)}?`,
            otherwise: "Nothing was deleted",
          });
          if (refused) return refused;
          const store = makeRetentionStore(pool);
          const { dataFolder } = config.core;
          const archives = options.skipArchive ? undefined : new ArchiveFolder({ store, dataFolder });
          const cleaning = { pool, store, before, archives, holder: -process.pid };
          const writer = { audit: makeAudit(pool), event: context.event, user: terminal.user, host: hostname() };
          await inTurn(cleaning, async () => {
            await noteWork(writer, { tables, before: formatInstant(before) });
            for (const table of tables) terminal.say(`${table}: ${await clean(cleaning, table)} deleted`);
          });
          return 0;
        }),
      ),
    );
}

function tablesOf(text: string | undefined): readonly CleanTable[] {
  if (text === undefined) return DEFAULT_TABLES;
  return splitNames(text).map((name) => {
    const table = CLEAN_TABLES.find((each) => each === name);
    if (table !== undefined) return table;
    const hint = [didYouMean(name, CLEAN_TABLES), `There are ${CLEAN_TABLES.join(", ")}.`].filter(Boolean).join(" ");
    throw new MillraceError("BAD_ARGUMENT", `--tables: "${name}" cannot be cleaned`, { details: { hint } });
  });
}

/** Retention and this take turns: neither settles what the other is just writing. */
async function inTurn({ store, holder }: Cleaning, work: () => Promise<void>): Promise<void> {
  const endAt = performance.now() + TURN_MS;
  while (!(await store.claim(holder))) {
    if (performance.now() > endAt)
      throw new MillraceError("CONFLICT", "retention is at work on this database; try again in a minute");
    await sleep(LOOK_MS);
  }
  try {
    await work();
  } finally {
    await store.release(holder);
  }
}

async function clean(cleaning: Cleaning, table: CleanTable): Promise<number> {
  const { pool, before, archives } = cleaning;
  if (table === "dag_run") return await cleanRuns(cleaning);
  if (table === "asset_event") return await removeOutsideEvents(pool, before);
  if (table === "audit_entry") return await removeAuditBefore(pool, before);
  return await removeParts(pool, {
    table,
    before,
    beforeEach: async (runs) => {
      if (archives === undefined) return;
      await archives.finish(await archives.write(runs, table), new Set(runs.map(({ runId }) => runId)));
    },
  });
}

async function cleanRuns({ pool, store, before, archives, holder }: Cleaning): Promise<number> {
  let removed = 0;
  await archives?.settleDrafts();
  for (;;) {
    const runs = await findEndedBefore(pool, before, RUNS_AT_ONCE);
    if (runs.length === 0 || !(await store.claim(holder))) break;
    const draft = await archives?.write(runs);
    const gone = await store.removeRuns(runs);
    if (draft !== undefined) await archives?.finish(draft, gone);
    removed += gone.size;
    if (gone.size === 0) break;
  }
  while ((await store.sweepRows(0)) > 0) await store.claim(holder);
  return removed;
}
