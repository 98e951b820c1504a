import type { Command } from "commander";
import { makeConfigGetValue } from "./commands/config-get-value.ts";
import { makeConfigList } from "./commands/config-list.ts";
import { makeDbBackup } from "./commands/db-backup.ts";
import { makeDbCheck } from "./commands/db-check.ts";
import { makeDbCheckMigrations } from "./commands/db-check-migrations.ts";
import { makeDbClean } from "./commands/db-clean.ts";
import { makeDbDropArchived } from "./commands/db-drop-archived.ts";
import { makeDbExportArchived } from "./commands/db-export-archived.ts";
import { makeDbMigrate } from "./commands/db-migrate.ts";
import { makeDbReset } from "./commands/db-reset.ts";
import { makeDbRestore } from "./commands/db-restore.ts";
import { makeDbRotateKeys } from "./commands/db-rotate-keys.ts";
import { makeDbShell } from "./commands/db-shell.ts";
import { makeDbSize } from "./commands/db-size.ts";
import { makeJobsCheck } from "./commands/jobs-check.ts";
import { makeJobsList } from "./commands/jobs-list.ts";
import { makeGroup, type Shell } from "./make-command.ts";

/** `millrace jobs`, `db` and `config`: what whoever operates a Millrace asks and does. */
export function makeAdminGroups(shell: Shell): readonly Command[] {
  return [
    makeGroup("jobs", "scheduler processes and their health", [makeJobsCheck(shell), makeJobsList(shell, "list")]),
    makeGroup("db", "the database", [
      makeDbCheck(shell),
      makeDbCheckMigrations(shell),
      makeDbMigrate(shell),
      makeDbReset(shell),
      makeDbRotateKeys(shell, "rotate-keys"),
      makeDbBackup(shell),
      makeDbClean(shell),
      makeDbDropArchived(shell),
      makeDbExportArchived(shell),
      makeDbRestore(shell),
      makeDbShell(shell),
      makeDbSize(shell),
    ]),
    makeGroup("config", "the configuration", [makeConfigList(shell), makeConfigGetValue(shell)]),
  ];
}
