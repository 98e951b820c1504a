/** Everything that can be permitted; the words of Airflow's roles. */
export const ACTIONS = ["can_create", "can_read", "can_edit", "can_delete", "menu_access"] as const;

/** What a caller may do with a resource. */
export type Action = (typeof ACTIONS)[number];

/** What can be permitted on one DAG alone, as `DAG:<id>`. */
export const DAG_ACTIONS = ["can_read", "can_edit", "can_delete"] as const satisfies readonly Action[];

/**
 * A permission that an operation needs: action and resource. `DAGs` in an operation whose path names a DAG is also met by the permission on that DAG
 * alone (`DAG:<id>`).
 */
export type Need = readonly [action: Action, resource: Resource];

/** Everything that permissions are about; the names that Airflow's roles use. */
export const RESOURCES = [
  "DAGs",
  "DAG Runs",
  "DAG Code",
  "DAG Dependencies",
  "DAG Warnings",
  "Task Instances",
  "Task Logs",
  "XComs",
  "SLA Misses",
  "Datasets",
  "Audit Logs",
  "ImportError",
  "Jobs",
  "Triggers",
  "Cluster Activity",
  "Website",
  "Configurations",
  "Connections",
  "Variables",
  "Pools",
  "Plugins",
  "Providers",
  "Users",
  "Roles",
  "Permissions",
  "My Profile",
  "My Password",
  "Webhooks",
  "Backfills",
  "Tokens",
  "Passwords",
  "Task Reschedules",
  "Admin",
  "Browse",
  "Docs",
  "Documentation",
] as const;

/** One of {@link RESOURCES}. */
export type Resource = (typeof RESOURCES)[number];
