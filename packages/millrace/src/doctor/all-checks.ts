import type { AnyCheck } from "./check.ts";
import { clockCheck } from "./checks/clock.ts";
import { configurationCheck } from "./checks/configuration.ts";
import { dagFilesCheck } from "./checks/dag-files.ts";
import { dagFolderCheck } from "./checks/dag-folder.ts";
import { dataFolderCheck } from "./checks/data-folder.ts";
import { databaseCheck } from "./checks/database.ts";
import { diskCheck } from "./checks/disk.ts";
import { fsyncCheck } from "./checks/fsync.ts";
import { locksCheck } from "./checks/locks.ts";
import { nodeCheck } from "./checks/node.ts";
import { notificationsCheck } from "./checks/notifications.ts";
import { poolsCheck } from "./checks/pools.ts";
import { portsCheck } from "./checks/ports.ts";
import { privilegesCheck } from "./checks/privileges.ts";
import { resourcesCheck } from "./checks/resources.ts";
import { schedulersCheck } from "./checks/schedulers.ts";
import { schemaCheck } from "./checks/schema.ts";
import { settingsCheck } from "./checks/settings.ts";
import { snapshotsCheck } from "./checks/snapshots.ts";
import { tablesCheck } from "./checks/tables.ts";
import { timeZonesCheck } from "./checks/time-zones.ts";
import { typescriptCheck } from "./checks/typescript.ts";
import { workersCheck } from "./checks/workers.ts";

/**
 * Everything that `millrace doctor` looks at, in this order: `locks` and `ports` before the database is opened, which clears what is stale.
 */
export const ALL_CHECKS: readonly AnyCheck[] = [
  nodeCheck,
  timeZonesCheck,
  configurationCheck,
  resourcesCheck,
  dataFolderCheck,
  diskCheck,
  locksCheck,
  portsCheck,
  dagFolderCheck,
  dagFilesCheck,
  typescriptCheck,
  databaseCheck,
  settingsCheck,
  privilegesCheck,
  notificationsCheck,
  clockCheck,
  fsyncCheck,
  snapshotsCheck,
  schemaCheck,
  tablesCheck,
  schedulersCheck,
  workersCheck,
  poolsCheck,
];
